-- The values of one cron field, ascending: a list of *, numbers, names, ranges and steps of ranges.
-- Null where it is none, or holds no value. Names begin at p_low.
create or replace function learning.cron_values(
    p_field text, p_low integer, p_high integer, p_names text[] default '{}'
) returns integer[]
language sql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
    with ranges as (
        select f.part, m.p[1] = '*' as is_all, m.p[4] is not null as is_range, n.*
        from unnest(string_to_array(p_field, ',')) as f (part)
        -- from, -to, /step; a step needs a range.
        left join lateral regexp_match(
            f.part, '^(?:(\*)|(\d{1,2}|[a-z]{3})(-(\d{1,2}|[a-z]{3}))?)(?:/(\d{1,3}))?$', 'i'
        ) as m (p) on true
        cross join lateral (
            select
                coalesce(array_position(p_names, lower(m.p[2])) + p_low - 1,
                    substring(m.p[2], '^\d+$')::integer) as first,
                coalesce(array_position(p_names, lower(m.p[4])) + p_low - 1,
                    substring(m.p[4], '^\d+$')::integer) as last,
                m.p[5]::integer as step
        ) as n
    ),
    bounds as (
        select
            case when r.is_all then p_low else r.first end as first,
            case when r.is_all then p_high when r.is_range then r.last else r.first end as last,
            coalesce(r.step, 1) as step,
            r.step is null or r.is_all or r.is_range as may_step
        from ranges as r
    )
    select case
        when bool_and(coalesce(
            b.may_step and b.step > 0
                and p_low <= b.first and b.first <= b.last and b.last <= p_high,
            false
        )) then (
            select array_agg(distinct v.value order by v.value)
            from bounds as g
            cross join lateral generate_series(g.first, g.last, greatest(g.step, 1)) as v (value)
        )
    end
    from bounds as b
$$;
comment on function learning.cron_values(text,integer,integer,text[]) is
    'The values of a cron field, ascending; null where it is malformed.';

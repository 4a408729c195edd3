set role quadrant_owner;

-- The values of one cron field, ascending: a list of *, numbers, names, ranges and steps of ranges.
-- Null where it is none, or holds no value. Names begin at p_low.
create function learning.cron_values(
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
            b.may_step and b.step > 0 and p_low <= b.first and b.first <= b.last and b.last <= p_high,
            false
        )) then (
            select array_agg(distinct v.value order by v.value)
            from bounds as g
            cross join lateral generate_series(g.first, g.last, greatest(g.step, 1)) as v (value)
        )
    end
    from bounds as b
$$;
comment on function learning.cron_values(text, integer, integer, text[]) is 'The values of a cron field, ascending; null where it is malformed.';

create type learning.cron as (
    seconds integer, minutes integer[], hours integer[], days integer[], months integer[],
    weekdays integer[], both_days boolean
);
comment on type learning.cron is 'A cron expression, read: seconds (every so many), or the values of its five fields. both_days: a day has to satisfy days and weekdays, else one of them is enough.';

-- A cron expression as pg_cron takes it: five fields, or 'N seconds' (1 to 59). As in every cron, a
-- day has to be of both its fields only where one of them begins with *. Null where it is none.
create function learning.cron(p_cron text) returns learning.cron
language sql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
    with fields as (
        select regexp_split_to_array(btrim(p_cron, E' \t'), '[ \t]+') as f,
            substring(p_cron from '(?i)^\s*([1-9]|[1-5]\d)\s+seconds?\s*$')::integer as seconds
    ),
    parts as (
        select f.seconds,
            learning.cron_values(f.f[1], 0, 59) as minutes,
            learning.cron_values(f.f[2], 0, 23) as hours,
            learning.cron_values(f.f[3], 1, 31) as days,
            learning.cron_values(
                f.f[4], 1, 12, '{jan,feb,mar,apr,may,jun,jul,aug,sep,oct,nov,dec}'
            ) as months,
            (
                select array_agg(distinct w.day % 7)
                from unnest(
                    learning.cron_values(f.f[5], 0, 7, '{sun,mon,tue,wed,thu,fri,sat,sun}')
                ) as w (day)
            ) as weekdays,
            f.f[3] ^@ '*' or f.f[5] ^@ '*' as both_days,
            cardinality(f.f) = 5 as is_five
        from fields as f
    )
    select case
        when p.seconds is not null
            then row(p.seconds, null, null, null, null, null, null)::learning.cron
        when p.is_five and p.minutes is not null and p.hours is not null and p.days is not null
            and p.months is not null and p.weekdays is not null
            then row(
                null, p.minutes, p.hours, p.days, p.months, p.weekdays, p.both_days
            )::learning.cron
    end
    from parts as p
$$;
comment on function learning.cron(text) is 'Reads a cron expression (five fields, or N seconds); null where it is none.';

create function learning.check_cron() returns trigger
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
    if learning.cron(new.cron) is null then
        raise exception using
            errcode = 'QD075',
            message = format('%L is no schedule for %s', new.cron, new.job),
            hint = 'Five fields (minute hour day month weekday) of *, numbers, names, lists, '
                || 'ranges and steps, as in 5,35 8-18/2 * * mon-fri; or N seconds, 1 to 59.';
    end if;
    return new;
end
$$;
comment on function learning.check_cron() is 'Trigger: refuses a schedule that is no cron expression (QD075).';
create trigger check_cron
    before insert or update of cron on learning.schedule
    for each row execute function learning.check_cron();
comment on column learning.schedule.cron is 'Five cron fields, or N seconds (learning.cron), UTC.';

create table learning.workers (
    worker text primary key,
    started_at timestamptz not null default clock_timestamp(),
    beat_at timestamptz not null default clock_timestamp(),
    doing text not null,
    version text not null,
    constraint texts_are_short
        check (greatest(length(worker), length(doing), length(version)) <= 200)
);
comment on table learning.workers is 'One row per simulation worker that lives, or died without saying so within a day.';
comment on column learning.workers.started_at is 'The server''s own clock (UTC).';
comment on column learning.workers.beat_at is 'When it last said that it is there, by the server''s own clock (UTC).';
comment on column learning.workers.doing is 'What it was at then.';
reset role;

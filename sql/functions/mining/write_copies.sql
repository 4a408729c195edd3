-- Which of a pattern's tuning lessons are copies: slices along a parent-child line with the same
-- counts hold the same experiments, and all but the broadest (ties: the first by its scope's text)
-- are copies of that one (copy_of). Touches only lessons where this changed; returns the ids.
create or replace function learning.write_copies(
    p_pattern_key text, p_n_min integer, p_as_of timestamptz, p_run_id bigint
)
returns bigint[]
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set enable_nestloop = off set enable_memoize = off
set work_mem = '64MB'
as $$
declare
    v_written bigint[];
begin
    -- Those that may be copies: some broader or narrower slice has their counts.
    with twins as materialized (
        select l.id, l.slice_key, l.scope_subset, row(
                r.acted_success, r.acted_failure, r.skipped_success, r.skipped_failure, r.n_policy
            ) as quadrants
        from (
            select s.n, s.weight, s.success_weight
            from learning.slice_rates as s
            where s.pattern_key = p_pattern_key and s.n >= p_n_min
            group by s.n, s.weight, s.success_weight
            having min(length(s.slice_key)) < max(length(s.slice_key))
        ) as g
        join learning.slice_rates as r
            on r.n = g.n and r.weight = g.weight and r.success_weight = g.success_weight
        join learning.lessons as l on l.pattern_key = p_pattern_key and l.slice_key = r.slice_key
        where r.pattern_key = p_pattern_key
    ),
    links as materialized (
        select c.id as copy, b.id as original
        from (
            select t.id, t.quadrants,
                learning.key_without(t.slice_key, i) as above
            from twins as t
            cross join lateral generate_series(1, length(t.slice_key)) as i
        ) as c
        join twins as b on b.slice_key = c.above and b.quadrants = c.quadrants
    ),
    linked as materialized (
        select t.id, t.scope_subset::text as scope, row_number() over (
                order by length(t.slice_key), t.scope_subset::text collate "C"
            )::integer as place
        from twins as t
        where t.id in (select k.copy from links as k union all select k.original from links as k)
    ),
    edges as (
        select array_agg(c.place) as copies, array_agg(o.place) as originals
        from links as k
        join linked as c on c.id = k.copy
        join linked as o on o.id = k.original
    ),
    copies as materialized (
        select c.id, b.id as copy_of
        from edges as e
        cross join lateral unnest(learning.components(
            (select count(*)::integer from linked), e.copies, e.originals
        )) with ordinality as f (broadest, place)
        join linked as c on c.place = f.place
        join linked as b on b.place = f.broadest
        where f.broadest <> f.place
    ),
    written as (
        update learning.lessons as l
        set copy_of = w.copy_of, run_id = p_run_id, updated_at = p_as_of
        from (
            select o.id, k.copy_of
            from learning.rate_lessons as o
            left join copies as k on k.id = o.id
            where o.pattern_key = p_pattern_key
                and o.status = 'active'
                and (o.is_copy or k.id is not null)
                and o.copy_of is distinct from k.copy_of
        ) as w
        where l.id = w.id
        returning l.id
    )
    select array_agg(w.id) into v_written from written as w;
    return v_written;
end
$$;
comment on function learning.write_copies(text, integer, timestamptz, bigint) is
    'Says which of a pattern''s tuning lessons are copies, and of what; returns the ids of those it wrote.';

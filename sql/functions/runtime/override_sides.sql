-- The sums of learning.override_effects, per override and side (is_with: decided with it, or in its
-- slice without it), of the windows and messages with these ids; null: of all. n is their number,
-- value the sum of what they are worth; over days: values2 sums value^2, cross_sum value x n, n2
-- n^2. Slices are added up once, however many overrides they have; without is all less with. The
-- planner knows no sizes here: joins other than by hashes would take minutes, sums of sorted rows
-- twice as long. Long, for it is one statement.
create or replace function learning.override_sides(p_windows bigint[], p_strands bigint[])
returns table (
    override_id bigint, measure text, is_with boolean, n double precision, days bigint,
    value double precision, values2 double precision, cross_sum double precision,
    n2 double precision
)
language sql stable
set search_path = pg_catalog, pg_temp
set timezone = 'UTC' set enable_nestloop = off set enable_mergejoin = off set enable_sort = off
set work_mem = '64MB'
as $$
    with overrides as materialized (
        select k.*, learning.scope_items(k.scope_subset) as items,
            dense_rank() over (order by k.pattern_key, k.scope_subset)::integer as slice
        from learning.known_overrides as k
    ),
    decided as materialized (
        select 'windows' as measure, e.pattern_key, e.scope,
            (e.decided_at at time zone 'utc')::date as day,
            case when e.decision = 'acted' then e.roi else 0 end as value,
            coalesce(e.overrides, '[]') as listed
        from learning.some_windows(p_windows) as e
        where e.decision is not null and e.roi is not null
        union all
        select 'trades', s.content ->> 'pattern_key', coalesce(s.content -> 'scope', '{}'),
            (s.happened_at at time zone 'utc')::date, (s.content ->> 'roi')::double precision, (
                select coalesce(jsonb_agg(u.override_id), '[]')
                from learning.trade_overrides(s.content) as u
            )
        from learning.some_strands(p_strands) as s
        where s.kind = 'position_closed' and jsonb_typeof(s.content -> 'roi') = 'number'
    ),
    places as materialized (
        select d.*, learning.scope_items(d.scope) as items, row_number() over ()::integer as place
        from (select distinct c.pattern_key, c.scope from decided as c) as d
    ),
    lists as materialized (
        select d.*, row_number() over ()::integer as list
        from (select distinct c.listed from decided as c) as d
    ),
    firsts as materialized (
        select p.place, p.pattern_key, p.items, f.item
        from places as p
        cross join lateral unnest(array_append(p.items, '')) as f (item)
    ),
    slices as materialized (
        select distinct o.slice, o.pattern_key, o.items, coalesce(o.items[1], '') as item
        from overrides as o
    ),
    holding as materialized (
        select f.place, s.slice
        from firsts as f
        join slices as s
            on s.pattern_key = f.pattern_key and s.item = f.item and s.items <@ f.items
    ),
    numbered as materialized (
        select c.measure, p.place, l.list, c.day, c.value
        from decided as c
        join places as p on p.pattern_key = c.pattern_key and p.scope = c.scope
        join lists as l on l.listed = c.listed
    ),
    listed as materialized (
        select distinct l.list, o.override_id, o.slice
        from lists as l
        cross join lateral jsonb_array_elements_text(l.listed) as i (item)
        join overrides as o
            on o.override_id = case when i.item ~ '^\d{1,18}$' then i.item::bigint end
    ),
    decided_with as materialized (
        select c.measure, c.place, l.override_id, l.slice, c.day, c.value
        from numbered as c
        join listed as l on l.list = c.list
    ),
    slice_days as materialized (
        select c.measure, h.slice, c.day, count(*)::integer as n, sum(c.value) as value
        from numbered as c
        join holding as h on h.place = c.place
        group by c.measure, h.slice, c.day
    ),
    days_with as materialized (
        select c.measure, c.override_id, c.day, count(*)::integer as n, sum(c.value) as value
        from decided_with as c
        join holding as h on h.place = c.place and h.slice = c.slice
        group by c.measure, c.override_id, c.day
    )
    select o.override_id, a.measure, v.is_with, sum(v.n)::double precision, count(*),
        sum(v.value), sum(v.value * v.value), sum(v.value * v.n),
        sum(v.n::double precision * v.n)
    from overrides as o
    join slice_days as a on a.slice = o.slice
    left join days_with as w
        on w.override_id = o.override_id and w.measure = a.measure and w.day = a.day
    cross join lateral (
        values (true, w.n, w.value),
            (false, a.n - coalesce(w.n, 0), a.value - coalesce(w.value, 0))
    ) as v (is_with, n, value)
    where v.n > 0
        and o.action_category <> 'dm_alloc'
        and (a.measure = 'trades' or o.action_category <> 'pm_strength')
    group by o.override_id, a.measure, v.is_with
$$;
comment on function learning.override_sides(bigint[], bigint[]) is
    'Per override, sums over days of the windows and trades decided with it and, in its slice, without it.';

-- What came of the windows and trades decided under an override, against those of its pattern and
-- slice decided without it: before it, after it, or under another. A window is worth its virtual
-- ROI where it was acted on, 0 where it was skipped; a trade its ROI, whatever its size. Days are
-- compared, for what happens on one day is one thing: the interval is 90 %, from the spread of
-- days. Fewer than 30 or fewer than 10 days on a side: too early, and no difference is told.
-- Slices are added up once, however many overrides they have; without is all less with. The
-- planner knows no sizes here: joins other than by hashes would take minutes, sums of sorted rows
-- twice as long. Long, for it is one statement.
create or replace function learning.override_effects()
returns table (
    override_id bigint, status text, pattern_key text, action_category text, scope_subset jsonb,
    measure text, n_with bigint, n_without bigint, days_with bigint, days_without bigint,
    mean_with double precision, mean_without double precision, difference double precision,
    lowest double precision, highest double precision, verdict text
)
language sql stable security definer
set search_path = pg_catalog, pg_temp
set timezone = 'UTC' set enable_nestloop = off set enable_mergejoin = off set enable_sort = off
set work_mem = '64MB'
as $$
    with overrides as materialized (
        select h.*, learning.scope_items(h.scope_subset) as items,
            dense_rank() over (order by h.pattern_key, h.scope_subset)::integer as slice
        from (
            select distinct on (a.override_id) a.override_id,
                case when a.new_row is null then 'gone' else r.status end as status,
                r.pattern_key, r.action_category, r.scope_subset
            from learning.pm_overrides_history as a
            cross join lateral jsonb_to_record(coalesce(a.new_row, a.old_row)) as r (
                scope_subset jsonb, pattern_key text, action_category text, status text
            )
            order by a.override_id, a.id desc
        ) as h
    ),
    decided as materialized (
        select 'windows' as measure, e.pattern_key, e.scope,
            (e.decided_at at time zone 'utc')::date as day,
            case when e.decision = 'acted' then e.roi else 0 end as value,
            coalesce(e.overrides, '[]') as listed
        from learning.pattern_episode_events as e
        where e.decision is not null and e.roi is not null
        union all
        select 'trades', s.content ->> 'pattern_key', coalesce(s.content -> 'scope', '{}'),
            (s.happened_at at time zone 'utc')::date, (s.content ->> 'roi')::double precision, (
                select coalesce(jsonb_agg(u.override_id), '[]')
                from learning.trade_overrides(s.content) as u
            )
        from learning.ad_strands as s
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
    ),
    sides as (
        select o.override_id, o.status, o.pattern_key, o.action_category, o.scope_subset, a.measure,
            v.is_with, sum(v.n)::double precision as n, count(*) as days,
            sum(v.value) / sum(v.n)::double precision as mean, sum(v.value * v.value) as values2,
            sum(v.value * v.n) as cross_sum, sum(v.n::double precision * v.n) as n2
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
        group by o.override_id, o.status, o.pattern_key, o.action_category, o.scope_subset,
            a.measure, v.is_with
    ),
    compared as (
        select s.override_id, s.status, s.pattern_key, s.action_category, s.scope_subset, s.measure,
            coalesce(sum(s.n) filter (where s.is_with), 0)::bigint as n_with,
            coalesce(sum(s.n) filter (where not s.is_with), 0)::bigint as n_without,
            coalesce(sum(s.days) filter (where s.is_with), 0)::bigint as days_with,
            coalesce(sum(s.days) filter (where not s.is_with), 0)::bigint as days_without,
            sum(s.mean) filter (where s.is_with) as mean_with,
            sum(s.mean) filter (where not s.is_with) as mean_without,
            sum(case when s.is_with then s.mean else -s.mean end) as difference,
            sqrt(sum(
                greatest(0, s.values2 - 2 * s.mean * s.cross_sum + s.mean * s.mean * s.n2)
                / s.n / s.n * s.days / nullif(s.days - 1, 0)
            )) as spread
        from sides as s
        group by s.override_id, s.status, s.pattern_key, s.action_category, s.scope_subset,
            s.measure
    )
    select c.override_id, c.status, c.pattern_key, c.action_category, c.scope_subset, c.measure,
        c.n_with, c.n_without, c.days_with, c.days_without, c.mean_with, c.mean_without,
        case when v.is_enough then c.difference end as difference,
        case when v.is_enough then c.difference - 1.645 * c.spread end as lowest,
        case when v.is_enough then c.difference + 1.645 * c.spread end as highest,
        case
            when not v.is_enough then 'too early'
            when c.difference - 1.645 * c.spread > 0 then 'better with it'
            when c.difference + 1.645 * c.spread < 0 then 'worse with it'
            else 'not told from noise'
        end as verdict
    from compared as c
    cross join lateral (
        select least(c.n_with, c.n_without) >= 30 and least(c.days_with, c.days_without) >= 10
            as is_enough
    ) as v
$$;
comment on function learning.override_effects() is
    'What analyst.override_effect shows: windows and trades decided with and without each override.';

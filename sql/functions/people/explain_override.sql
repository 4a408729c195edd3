-- The story of one decision as one document, from one look. The id is an override's or a
-- solution's. Of a solution: lesson with its rates, tests in words, effect in money (shrunk, with
-- an interval, its best days and token), what changes sides (the newest 500 of n_sides), the
-- grid's neighbours, alternatives that lost (one of those that change the same), its looks, its
-- record as odds, what would refuse it. Of all: gates, overlapping decisions in force, history.
-- Null when there is none. Long, for it is one document: a key after the other.
create or replace function analyst.explain_override(p_id bigint)
returns jsonb
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    with decided as (
        select s.id as solution_id, s.pattern_key, s.scope_subset, s.depth, s.lesson_id,
            'simulation' as method, format('solution %s', s.id) as together
        from learning.solutions as s
        where s.id = learning.solution_of(p_id)
        union all
        select null, o.pattern_key, o.scope_subset, o.depth, o.lesson_id, o.method, o.solution_id
        from learning.pm_overrides as o
        where o.id = p_id and learning.solution_of(p_id) is null
    ),
    sides as materialized (
        select w.* from decided as d cross join lateral learning.changed_windows(d.solution_id) as w
    ),
    total as (
        select nullif(sum(w.value), 0) as value from sides as w
    )
    select jsonb_build_object(
        'id', coalesce(d.solution_id, p_id),
        'profile', learning.judging_profile(d.pattern_key),
        'pattern_key', d.pattern_key,
        'scope_subset', d.scope_subset,
        'method', d.method,
        'overrides', coalesce((
            select jsonb_agg(to_jsonb(o) - '{items,depth,is_manual,preference,anchor}'::text[]
                order by o.id)
            from learning.pm_overrides as o
            where o.solution_id = d.together and o.pattern_key = d.pattern_key
        ), '[]'),
        'gates', coalesce((
            select jsonb_agg(jsonb_build_object(
                'gate', g.gate, 'direction', g.direction, 'base', g.base, 'value', v.value
            ) order by g.ordinal)
            from learning.gates as g
            left join learning.pm_overrides as o
                on o.solution_id = d.together
                and o.pattern_key = g.pattern_key
                and o.action_category = g.action_category
            cross join lateral (
                select round(learning.gate_value(
                    g.base, o.multiplier, coalesce(o.delta, (s.steps ->> g.gate)::float8),
                    g.min_value, g.max_value
                )::numeric, 9) as value
            ) as v
            where g.pattern_key = d.pattern_key
                and (o.id is not null or (s.steps ->> g.gate)::double precision <> 0)
        ), '[]'),
        'solution', to_jsonb(s) - 'items' - 'depth',
        'lesson', to_jsonb(l) - 'module' - 'counted_stamp',
        'comparison', jsonb_build_object(
            'look_day', n.look_day, 'against', (n.simulation).reference,
            'without', (n.simulation).exclusions, 'n_windows', (n.simulation).n_windows,
            'n_days', (n.simulation).n_days, 'dodge_rate', (n.simulation).dodge_rate,
            'changed', (n.simulation).changed[n.candidate],
            'misses_caught', (n.simulation).misses_caught[n.candidate],
            'failures_added', (n.simulation).failures_added[n.candidate],
            'failures_avoided', (n.simulation).failures_avoided[n.candidate],
            'wins_lost', (n.simulation).wins_lost[n.candidate]
        ),
        'tests', coalesce((
            select jsonb_agg(to_jsonb(t)) from learning.tests_in_words(d.solution_id) as t
        ), '[]'),
        'effect', to_jsonb(e) || jsonb_build_object(
            'total', (select t.value from total as t),
            'best_days_share', (
                select sum(b.value) / (select t.value from total as t)
                from (
                    select sum(w.value) as value
                    from sides as w
                    group by (w.opened_at at time zone 'utc')::date
                    order by 1 desc nulls last
                    limit 3
                ) as b
            ),
            'best_token', b.token,
            'best_token_share', b.value / (select t.value from total as t),
            'at_edge', (
                select bool_or(g.at_edge)
                from analyst.grids as g
                where g.lesson_id = n.lesson_id and g.candidate = n.candidate
            )
        ),
        'n_sides', (select count(*) from sides as w),
        'sides', coalesce((
            select jsonb_agg(to_jsonb(w) - 'scope' || jsonb_build_object(
                'kind', case w.kind
                    when 1 then 'admitted' when -1 then 'refused' else 'another bar' end
            ) order by w.opened_at, w.id)
            from (
                select v.* from sides as v order by v.opened_at desc, v.id desc limit 500
            ) as w
        ), '[]'),
        'neighbours', coalesce((
            select jsonb_agg(to_jsonb(g) - 'lesson_id' - 'pattern_key' - 'scope_subset' - 'chosen'
                order by g.candidate)
            from analyst.grids as g
            where g.lesson_id = n.lesson_id
                and (
                    select sum(abs(
                        array_position(a.steps, (g.steps ->> a.gate)::double precision)
                        - array_position(a.steps, (s.steps ->> a.gate)::double precision)
                    )) = 1
                    from learning.gates as a
                    where a.pattern_key = d.pattern_key and cardinality(a.steps) > 1
                )
        ), '[]'),
        'alternatives', coalesce((
            select jsonb_agg(to_jsonb(a) order by a.z desc)
            from (
                select distinct on (
                    round(g.z::numeric, 9), g.changed, round((g.benefit - g.cost)::numeric, 9)
                )
                    g.candidate, g.steps, g.changed, g.misses_caught, g.failures_added,
                    g.failures_avoided, g.wins_lost, g.benefit, g.cost, g.z, g.money_z, g.at_edge,
                    case
                        when g.changed < h.fewest_changed then format(
                            'it changes too few setups: %s, %s are needed', g.changed,
                            h.fewest_changed
                        )
                        when g.z < h.on_z then format(
                            'z %s, %s is needed', round(g.z::numeric, 1), h.on_z
                        )
                        when g.money_z is null then 'what it is worth is not known'
                        when g.money_z < 0 then 'it scores better and earns less'
                        when g.money_z < h.on_money_z
                            then 'it scores better and does not surely earn more'
                        when (n.simulation).evidence < h.on_evidence then format(
                            'E %s, %s is needed', round((n.simulation).evidence::numeric, 1),
                            h.on_evidence
                        )
                        else 'another surely earns more'
                    end as why
                from analyst.grids as g
                cross join lateral learning.judging_thresholds(d.depth) as h
                where g.lesson_id = n.lesson_id
                    and g.changed > 0
                    and round(g.benefit::numeric, 9) <>
                        round((n.simulation).benefit[n.candidate]::numeric, 9)
                order by round(g.z::numeric, 9) desc, g.changed,
                    round((g.benefit - g.cost)::numeric, 9), g.n_levers, g.candidate
                limit 5
            ) as a
        ), '[]'),
        'record', learning.record_in_words(s.record_since, s.record),
        'looks', coalesce((
            select jsonb_agg(to_jsonb(p) - 'pattern_key' - 'scope_subset' order by p.look_day)
            from analyst.evidence_path as p
            where p.solution_id = d.solution_id
        ), '[]'),
        'refusals', coalesce((
            select jsonb_agg(r) from learning.refusals_in_words(d.solution_id) as r
        ), '[]'),
        'overlaps', coalesce((
            select jsonb_agg(jsonb_build_object(
                'id', o.id, 'method', o.method, 'pinned', o.pinned, 'scope_subset', o.scope_subset,
                'gates', o.gates, 'shared', (
                    select count(*) from sides as w where w.scope @> o.scope_subset
                ), 'governs',
                o.pinned or cardinality(learning.scope_items(o.scope_subset)) > d.depth
            ) order by o.id)
            from analyst.decisions as o
            where o.pattern_key = d.pattern_key
                and o.status = 'active'
                and o.id <> coalesce(d.solution_id, p_id)
                and not (o.method = d.method and o.scope_subset = d.scope_subset)
                and learning.slices_overlap(o.scope_subset, d.scope_subset)
        ), '[]'),
        'history', coalesce((
            select jsonb_agg(jsonb_build_object(
                'at', h.changed_at, 'by', h.actor, 'run_id', h.run_id, 'change', h.change,
                'overrides', h.n, 'status', h.status, 'pinned', h.pinned
            ) order by h.first)
            from (
                select c.changed_at, c.actor, c.run_id, c.change, c.new_row ->> 'status' as status,
                    c.new_row -> 'pinned' as pinned, count(*) as n, min(c.id) as first
                from learning.pm_overrides_history as c
                where d.together in (c.new_row ->> 'solution_id', c.old_row ->> 'solution_id')
                group by 1, 2, 3, 4, 5, 6
            ) as h
        ), '[]')
    )
    from decided as d
    left join learning.solutions as s on s.id = d.solution_id
    left join learning.learning_lessons as l on l.id = d.lesson_id
    left join lateral learning.standing_of(d.solution_id) as n on true
    left join lateral learning.shrunk_effect(n.look_id, n.lesson_id, n.candidate) as e on true
    left join lateral (
        select w.token, sum(w.value) as value
        from sides as w
        where w.token is not null
        group by w.token
        order by 2 desc nulls last
        limit 1
    ) as b on true
$$;
comment on function analyst.explain_override(bigint) is
    'The story of a solution or an override: lesson, tests, effect, what changes sides, grid, looks, record, history.';

-- The story of one override as one document, from one look: the decision, the gate in figures, the
-- lesson with its rates, the comparison that decided with what lost, what would refuse it, the
-- looks so far, its track record as odds, the history. Null when there is no such override.
create or replace function learning.explain_override(p_override_id bigint)
returns jsonb
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select jsonb_build_object(
        'override', to_jsonb(o) - 'items' - 'sig' - 'depth' - 'is_manual',
        'profile', learning.judging_profile(o.pattern_key),
        'gate', (
            select jsonb_build_object(
                'gate', t.gate, 'direction', t.direction, 'base', t.base,
                'value', least(t.max_value, greatest(
                    t.min_value, t.base * coalesce(o.multiplier, 1) + o.delta
                ))
            )
            from learning.gates as t
            where t.pattern_key = o.pattern_key and t.action_category = o.action_category
        ),
        'solution', to_jsonb(s) - 'items' - 'depth',
        'lesson', to_jsonb(l) - 'module' - 'evidence_stamp',
        'comparison', (
            select jsonb_build_object(
                'look_day', c.look_day, 'verdict', c.verdict, 'against', c.reference,
                'without', c.exclusions, 'n_windows', c.n_windows, 'n_days', c.n_days,
                'changed', c.changed, 'misses_caught', c.misses_caught,
                'failures_added', c.failures_added, 'failures_avoided', c.failures_avoided,
                'wins_lost', c.wins_lost, 'benefit', c.benefit, 'cost', c.cost,
                'dodge_rate', c.dodge_rate
            )
        ),
        'tests', (
            select jsonb_build_object(
                'z', c.z, 'money_z', c.money_z, 'evidence', c.evidence,
                'needed', to_jsonb(needed), 'reason', c.reason
            )
            from learning.judging_thresholds(o.depth) as needed
        ),
        'alternatives', coalesce((
            select jsonb_agg(to_jsonb(a) order by a.z desc)
            from (
                select g.steps, g.changed, g.misses_caught, g.failures_added, g.failures_avoided,
                    g.wins_lost, g.benefit, g.cost, g.z, g.money_z, g.at_edge
                from analyst.grids as g
                where g.lesson_id = o.lesson_id and g.steps <> s.steps and g.changed > 0
                order by g.z desc
                limit 5
            ) as a
        ), '[]'),
        'looks', coalesce((
            select jsonb_agg(to_jsonb(e) - 'pattern_key' - 'scope_subset' order by e.look_day)
            from analyst.evidence_path as e
            where e.solution_id = s.id
        ), '[]'),
        'history', coalesce((
            select jsonb_agg(to_jsonb(h) - 'override_id' - 'id' order by h.id)
            from learning.pm_overrides_history as h
            where h.override_id = o.id
        ), '[]')
    )
    from learning.pm_overrides as o
    left join learning.learning_lessons as l on l.id = o.lesson_id
    left join learning.solutions as s
        on o.method = 'simulation' and o.solution_id = format('solution %s', s.id)
    left join analyst.simulations as c
        on o.method = 'simulation' and c.lesson_id = o.lesson_id
    where o.id = p_override_id
$$;
comment on function learning.explain_override(bigint) is
    'The story of one override: lesson, comparison, tests, alternatives, looks, track record, history.';

-- The story of one override as one document: the decision, the gate in figures, the lesson with its
-- rates, the grid with what lost and what changed sides (the newest 50), the tests, the history.
-- Null when there is no such override.
create or replace function learning.explain_override(p_override_id bigint)
returns jsonb
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select jsonb_build_object(
        'override', to_jsonb(o) - 'items' - 'sig' - 'depth' - 'is_manual',
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
        'solution', (
            select jsonb_object_agg(
                w.action_category,
                jsonb_build_object('multiplier', w.multiplier, 'delta', w.delta)
            )
            from learning.pm_overrides as w
            where w.pattern_key = o.pattern_key
                and w.scope_subset = o.scope_subset
                and w.solution_id = o.solution_id
        ),
        'lesson', to_jsonb(l) - 'module' - 'evidence_stamp',
        'grid', (
            select jsonb_build_object(
                'events', s.kind, 'exclusions', s.exclusions, 'value_mode', s.value_mode,
                'n_events', s.n_events, 'n_days', s.n_days, 'dodge_rate', s.dodge_rate,
                'tested', s.tested, 'skipped', s.skipped, 'steps', s.steps,
                'misses_caught', s.misses_caught[s.candidate],
                'failures_added', s.failures_added[s.candidate],
                'failures_avoided', s.failures_avoided[s.candidate],
                'wins_lost', s.wins_lost[s.candidate],
                'benefit', s.benefit[s.candidate], 'cost', s.cost[s.candidate],
                'ratio', s.chosen_ratio, 'reason', s.reason
            )
        ),
        'tests', (
            select jsonb_build_object(
                'z', s.chosen_z, 'p', s.chosen_p, 'q', s.q, 'draws', s.draws,
                'verdict', own.verdict, 'own_p', own.chosen_p, 'own_q', own.q,
                'governed_by', own.governed_by
            )
        ),
        'alternatives', coalesce((
            select jsonb_agg(to_jsonb(a)) from learning.losing_candidates(s.id, 5) as a
        ), '[]'),
        'changed_sides', coalesce((
            select jsonb_agg(to_jsonb(e))
            from (select c.* from learning.changed_sides(s.id) as c limit 50) as e
        ), '[]'),
        'history', coalesce((
            select jsonb_agg(
                to_jsonb(h) - 'override_id' - 'id' order by h.id
            )
            from learning.pm_overrides_history as h
            where h.override_id = o.id
        ), '[]')
    )
    from learning.pm_overrides as o
    left join learning.learning_lessons as l on l.id = o.lesson_id
    left join learning.gate_simulations as own
        on own.lesson_id = o.lesson_id and own.kind = 'own' and o.method = 'simulation'
    left join learning.gate_simulations as s on s.id = coalesce(
        (
            select g.id
            from learning.gate_simulations as g
            where g.lesson_id = own.lesson_id and g.kind = 'governed' and g.verdict = 'kept'
        ),
        own.id
    )
    where o.id = p_override_id
$$;
comment on function learning.explain_override(bigint) is
    'The story of one override: lesson, grid result, alternatives that lost, events that '
    'changed sides, tests, history.';

-- The overrides the verdicts ask for: one row per lever of a kept or proposed solution, levers left
-- at base too; neutral rows for a pinned slice. Ids and times are null.
create or replace function learning.simulation_overrides()
returns setof learning.pm_overrides
language sql stable
as $$
    with solutions as (
        select t.lesson_id, t.pattern_key, t.scope_subset, s.verdict, s.governed_by,
            g.id as simulation_id, g.kind, g.candidate, g.n_events, g.n_days, g.draws,
            g.value_mode, g.dodge_rate, g.chosen_p, g.chosen_z, g.chosen_ratio,
            g.misses_caught, g.failures_added, g.failures_avoided, g.wins_lost,
            case when s.verdict = 'pinned' then '{}' else g.steps end as steps,
            greatest(s.q, case when g.kind = 'governed' then g.q end) as q
        from learning.tuning_lessons as t
        join learning.gate_simulations as s on s.lesson_id = t.lesson_id and s.kind = 'own'
        join learning.gate_simulations as g on g.id = coalesce(
            (
                select k.id
                from learning.gate_simulations as k
                where k.lesson_id = t.lesson_id and k.kind = 'governed' and k.verdict = 'kept'
            ),
            s.id
        )
        where t.closed and t.simulated and s.verdict in ('kept', 'proposed', 'pinned')
    ),
    described as materialized (
        select s.*, case when s.verdict = 'pinned' then jsonb_build_object(
            'neutral_pin', true,
            'governed_by', above.lesson_id,
            'candidate', coalesce(ag.candidate, above.candidate),
            'benefit', round(own.benefit[coalesce(ag.candidate, above.candidate)]::numeric, 6),
            'cost', round(own.cost[coalesce(ag.candidate, above.candidate)]::numeric, 6)
        )
        else jsonb_build_object(
            'p', round(s.chosen_p::numeric, 6),
            'q', round(s.q::numeric, 6),
            'z', round(s.chosen_z::numeric, 6),
            'ratio', round(s.chosen_ratio::numeric, 6),
            'misses_caught', s.misses_caught[s.candidate],
            'failures_added', s.failures_added[s.candidate],
            'failures_avoided', s.failures_avoided[s.candidate],
            'wins_lost', s.wins_lost[s.candidate],
            'candidate', s.candidate,
            'events', s.kind,
            'value_mode', s.value_mode,
            'dodge_rate', round(s.dodge_rate::numeric, 6),
            'n_days', s.n_days,
            'draws', s.draws
        ) end as evidence,
        case when s.verdict = 'pinned' then coalesce(ag.q, above.q) else s.q end as confident_q
        from solutions as s
        join learning.gate_simulations as own on own.lesson_id = s.lesson_id and own.kind = 'own'
        left join learning.gate_simulations as above
            on above.lesson_id = s.governed_by and above.kind = 'own'
        left join learning.gate_simulations as ag
            on ag.lesson_id = s.governed_by and ag.kind = 'governed' and ag.verdict = 'kept'
    )
    select o.*
    from described as d
    join learning.gates as l on l.pattern_key = d.pattern_key and cardinality(l.steps) > 1
    cross join lateral (
        select coalesce((d.steps ->> l.gate)::double precision, 0) as size
    ) as step
    cross join lateral jsonb_populate_record(null::learning.pm_overrides, jsonb_build_object(
        'status', case when d.verdict = 'proposed' then 'proposed' else 'active' end,
        'pattern_key', d.pattern_key,
        'action_category', l.action_category,
        'scope_subset', d.scope_subset,
        'multiplier', case
            when l.adjust = 'multiplier' then (l.base + step.size) / l.base else 1
        end,
        'delta', case when l.adjust = 'delta' then step.size else 0 end,
        'confidence_score', round((1 - d.confident_q)::numeric, 4),
        'n', d.n_events,
        'method', 'simulation',
        'solution_id', format(
            'lesson %s %s', d.lesson_id,
            case when d.verdict = 'pinned' then 'neutral' else 'candidate ' || d.candidate end
        ),
        'lesson_id', d.lesson_id,
        'evidence', d.evidence
    )) as o
$$;
comment on function learning.simulation_overrides() is
    'Overrides the present verdicts of the simulations ask for, as rows of pm_overrides without'
    ' ids.';

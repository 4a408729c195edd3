-- Per lesson with a verdict that asks for overrides its solution as it stands now: the steps from
-- base (none for a pinned slice), and the evidence for it. Overrides are rewritten when their
-- solution changes, not whenever its evidence moves: the present evidence is here.
create or replace view learning.solutions as
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
described as (
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
        'n_events', s.n_events,
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
select d.lesson_id, d.pattern_key, d.scope_subset, d.verdict, d.steps, d.n_events,
    round((1 - d.confident_q)::numeric, 4)::double precision as confidence_score,
    format(
        'lesson %s %s', d.lesson_id,
        case when d.verdict = 'pinned' then 'neutral' else 'candidate ' || d.candidate end
    ) as solution_id,
    d.evidence
from described as d;
comment on view learning.solutions is
    'One row per lesson whose verdict asks for overrides: its solution and the present evidence.';

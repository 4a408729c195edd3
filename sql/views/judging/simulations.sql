-- Per simulated lesson: the solution chosen, its evidence, and what came of it and why.
create or replace view analyst.simulations as
select
    s.lesson_id,
    l.pattern_key,
    l.scope_subset,
    l.n,
    s.verdict,
    s.steps,
    s.chosen_p as p,
    s.q,
    s.chosen_z as z,
    s.chosen_ratio as ratio,
    s.misses_caught[s.candidate] as misses_caught,
    s.failures_added[s.candidate] as failures_added,
    s.failures_avoided[s.candidate] as failures_avoided,
    s.wins_lost[s.candidate] as wins_lost,
    s.value_mode,
    s.n_events,
    s.n_days,
    s.dodge_rate,
    s.tested,
    s.skipped,
    s.draws,
    g.steps as governed_steps,
    g.chosen_p as governed_p,
    case
        when s.verdict = 'kept' then ''
        when s.verdict = 'pinned' then format(
            'held at base: the solution of lesson %s loses on these events', s.governed_by
        )
        when s.verdict = 'accepted' then 'the events it would govern are still to be judged'
        when s.candidate is null then s.reason
        when s.verdict = 'none' then 'the last run did not judge it'
        when g.verdict = 'proposed' then 'its effect is that of more specific slices'
        else format('too little evidence: q %s', round(s.q::numeric, 3))
    end as reason,
    s.run_id,
    s.simulated_at
from learning.gate_simulations as s
join learning.lessons as l on l.id = s.lesson_id and l.status = 'active'
left join learning.gate_simulations as g
    on g.lesson_id = s.lesson_id and g.kind = 'governed' and g.verdict <> 'none'
where s.kind = 'own';
comment on view analyst.simulations is
    'One row per simulated lesson: chosen gate steps, evidence, verdict and the reason for it.';

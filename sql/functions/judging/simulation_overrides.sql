-- The overrides a pattern's verdicts ask for: one row per lever of a kept or proposed solution,
-- levers left at base too; neutral rows for a pinned slice. Ids and times are null.
create or replace function learning.simulation_overrides(p_pattern_key text)
returns setof learning.pm_overrides
language sql stable
as $$
    select o.*
    from learning.solutions as d
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
        'confidence_score', d.confidence_score,
        'n', d.n_events,
        'method', 'simulation',
        'solution_id', d.solution_id,
        'lesson_id', d.lesson_id,
        'evidence', d.evidence
    )) as o
    where d.pattern_key = p_pattern_key
$$;
comment on function learning.simulation_overrides(text) is
    'Overrides the present verdicts of a pattern''s simulations ask for, as rows of pm_overrides'
    ' without ids.';

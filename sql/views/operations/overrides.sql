create or replace view analyst.overrides as
select o.id as override_id, o.status, o.pinned, o.pattern_key, g.gate, o.action_category,
    o.scope_subset, o.multiplier, o.delta, g.base,
    learning.gate_value(g.base, o.multiplier, o.delta, g.min_value, g.max_value) as value,
    o.dir_a, o.dir_e, o.method, o.confidence_score, o.edge_raw_roi, o.n, o.solution_id,
    l.id as lesson_id, l.status as lesson_status, s.wr, s.fpr, s.mr, s.dr, s.n_eff,
    coalesce(now.evidence, o.evidence) as evidence, o.last_updated_at
from learning.pm_overrides as o
left join learning.learning_lessons as l on l.id = o.lesson_id
left join lateral jsonb_to_record(l.stats) as s (
    wr double precision, fpr double precision, mr double precision, dr double precision,
    n_eff double precision
) on true
left join lateral (
    select jsonb_strip_nulls(jsonb_build_object(
        'changed', p.changed, 'z', p.z, 'money_z', p.money_z, 'evidence', p.evidence,
        'value', p.value, 'record', n.record, 'reason', nullif(n.reason, '')
    )) as evidence
    from analyst.solutions as p
    join learning.solutions as n on n.id = p.solution_id
    where o.method = 'simulation' and o.solution_id = format('solution %s', p.solution_id)
) as now on true
left join learning.gates as g
    on g.pattern_key = o.pattern_key and g.action_category = o.action_category;
comment on view analyst.overrides is
    'Every override, in force or proposed: the gate''s value under it, the lesson and the present evidence behind it. confidence_score and n are those of the decision, by which ties break.';

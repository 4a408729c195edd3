select learning.write_overrides(null, 'drift', k.pattern_key, array(
    select o::learning.pm_overrides
    from learning.drift_levers as d
    cross join lateral jsonb_populate_record(null::learning.pm_overrides, jsonb_build_object(
        'status', 'active', 'pattern_key', d.pattern_key, 'action_category', d.action_category,
        'scope_subset', d.scope_subset, 'multiplier', d.multiplier, 'delta', 0,
        'confidence_score', round(d.n / (d.n + 50.0), 4), 'n', d.n, 'method', 'drift',
        'solution_id', 'drift', 'lesson_id', d.lesson_id, 'evidence', '{}'::jsonb
    )) as o
    where d.pattern_key = k.pattern_key and not d.is_copy and d.why_not = ''
))
from (select distinct t.pattern_key from learning.tuning_lessons as t) as k

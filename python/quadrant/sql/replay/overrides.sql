select o.status, o.pattern_key, o.scope_subset, o.method, o.n, s.changed, s.z, s.evidence,
    s.value / nullif(s.changed, 0) as effect, coalesce(s.reason, '') as reason,
    jsonb_object_agg(
        g.gate,
        learning.gate_value(g.base, o.multiplier, o.delta, g.min_value, g.max_value)
        order by g.ordinal
    ) as values,
    jsonb_object_agg(g.gate, g.base order by g.ordinal) as bases
from learning.pm_overrides as o
join learning.gates as g
    on g.pattern_key = o.pattern_key and g.action_category = o.action_category
left join analyst.solutions as s on o.solution_id = 'solution ' || s.solution_id
group by o.status, o.solution_id, o.pattern_key, o.scope_subset, o.method, o.n, o.depth,
    s.changed, s.z, s.evidence, s.value, s.reason
order by o.status, s.evidence desc nulls last, o.depth, o.n desc

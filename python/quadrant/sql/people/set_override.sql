select o.id, o.pattern_key, o.scope_subset, o.pinned, g.gate, g.base,
    learning.gate_value(g.base, o.multiplier, o.delta, g.min_value, g.max_value) as value
from learning.set_override(%(pattern)s, %(scope)s, %(gates)s, %(by)s, %(pinned)s) as o
join learning.gates as g
    on g.pattern_key = o.pattern_key and g.action_category = o.action_category;

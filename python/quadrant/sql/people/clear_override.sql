select o.id, o.pattern_key, o.scope_subset, o.action_category, o.pinned, g.gate, g.base
from learning.clear_override(%(pattern)s, %(scope)s, %(gates)s, %(by)s) as o
left join learning.gates as g
    on g.pattern_key = o.pattern_key and g.action_category = o.action_category;

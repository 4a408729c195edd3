select o.id, o.status, o.pinned, o.method, o.pattern_key, o.scope_subset, o.action_category
from learning.pin_override(%(id)s, %(pinned)s, %(by)s) as o;

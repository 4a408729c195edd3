select count(distinct (o.pattern_key, o.scope_subset))
from learning.pm_overrides as o
where o.status = 'active' and o.action_category like 'tuning\_%'

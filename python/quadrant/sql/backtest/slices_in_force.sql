select
    count(distinct (o.pattern_key, o.scope_subset))
        filter (where o.action_category like 'tuning\_%'),
    count(*) filter (where o.action_category = 'pm_strength'),
    count(*) filter (where o.action_category = 'dm_alloc')
from learning.pm_overrides as o
where o.status = 'active'

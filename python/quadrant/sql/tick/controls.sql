select c.position_id, coalesce(c.gates, '{}')
from pm.position_controls as c
where c.position_id = any(%(position_ids)s)

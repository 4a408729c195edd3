select c.position_id, c.gates -> %(pattern_key)s
from pm.position_controls as c
where c.position_id = any(%(position_ids)s)

select position_id, total_allocation_pct::double precision
from pm.position_allocations(%(position_ids)s)

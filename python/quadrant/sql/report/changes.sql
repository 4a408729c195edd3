select c.*
from analyst.changes as c
order by array_position(array['in force', 'suspended', 'proposed'], c.status),
    c.evidence desc nulls last, c.id

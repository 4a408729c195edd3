select o.pattern_key, bool_or(o.scope_subset = '{}')::integer
from learning.solutions as o
where o.status = 'active'
group by o.pattern_key
order by o.pattern_key

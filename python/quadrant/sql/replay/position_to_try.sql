-- A position that quadrant why has something to tell about: one under the surest change, if any.
select p.symbol, p.timeframe
from learning.lowcap_positions as p
left join analyst.changes as c on c.status = 'in force' and p.scope @> c.scope_subset
order by c.evidence desc nulls last, p.symbol, p.timeframe
limit 1

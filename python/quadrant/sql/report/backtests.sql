select b.*
from analyst.backtests as b
where b.id = (select max(n.id) from analyst.backtests as n)

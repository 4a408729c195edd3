select a.*
from analyst.backtest_allocations as a
where a.id = (select max(b.id) from analyst.backtests as b)

select a.symbol, a.timeframe, extract(epoch from a.ordered_at)::bigint as t, a.action, a.price,
    a.cash
from analyst.actions as a
where (a.symbol, a.timeframe) in (select * from unnest(%(symbols)s::text[], %(timeframes)s::text[]))
order by a.ordered_at, a.symbol, a.timeframe

select a.symbol, a.timeframe, extract(epoch from a.ordered_at)::bigint as t, a.action
from analyst.actions as a
where (a.symbol, a.timeframe) in (select * from unnest(%(symbols)s::text[], %(timeframes)s::text[]))
    and a.action not in ('entry', 'add', 'pass')
order by a.ordered_at, a.symbol, a.timeframe, a.action

select s.symbol, s.timeframe, extract(epoch from s.changed_at)::bigint as t, s.after as state
from analyst.states as s
where (s.symbol, s.timeframe) in (select * from unnest(%(symbols)s::text[], %(timeframes)s::text[]))
order by s.changed_at, s.symbol, s.timeframe

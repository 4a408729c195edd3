select extract(epoch from p.stepped_at)::bigint as t, p.timeframe,
    p.share::double precision as share, p.trade_timeframe, p.trade_roi
from analyst.allocation_path as p
where p.stepped_at >= coalesce(%(since)s::timestamptz, '-infinity')
order by p.step_id, p.timeframe

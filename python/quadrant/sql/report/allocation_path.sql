select distinct on (p.stepped_at::date, p.timeframe)
    extract(epoch from p.stepped_at)::bigint as t, p.timeframe, p.share::double precision as share
from analyst.allocation_path as p
where p.stepped_at >= coalesce(%(since)s::timestamptz, '-infinity')
order by p.stepped_at::date, p.timeframe, p.step_id desc

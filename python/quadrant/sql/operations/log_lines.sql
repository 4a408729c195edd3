select n.log_id, n.clock_at, n.level, n.event, n.data
from (
    select l.log_id, l.clock_at, l.level, l.event, l.data
    from analyst.log as l
    where l.level = any(%(levels)s)
        and (%(since)s::timestamptz is null or l.clock_at >= %(since)s)
    order by l.log_id desc
    limit %(limit)s
) as n
order by n.log_id

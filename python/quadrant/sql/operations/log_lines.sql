select n.log_id, n.logged_at, n.level, n.event, n.data
from (
    select l.log_id, l.logged_at, l.level, l.event, l.data
    from analyst.log as l
    where l.log_id > %(after)s
        and l.level = any(%(levels)s)
    order by l.log_id desc
    limit %(limit)s
) as n
order by n.log_id

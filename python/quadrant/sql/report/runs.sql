select n.*
from (
    select r.run_id, r.job, r.status, extract(epoch from r.as_of)::bigint as t,
        r.seconds::double precision as seconds
    from analyst.runs as r
    order by r.run_id desc
    limit 60
) as n
order by n.run_id

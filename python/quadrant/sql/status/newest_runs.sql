-- The newest run of every job.
select n.*
from (
    select distinct on (r.job) r.run_id, r.job, r.status, r.as_of, r.started_at,
        r.seconds::double precision as seconds
    from analyst.runs as r
    order by r.job, r.run_id desc
) as n
order by n.run_id desc

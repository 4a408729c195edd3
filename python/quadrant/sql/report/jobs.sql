select r.job, count(*) as n, count(*) filter (where r.status = 'failed') as failed,
    percentile_cont(0.5) within group (order by r.seconds) as median, max(r.seconds) as slowest,
    max(r.as_of) as newest
from analyst.runs as r
group by r.job
order by r.job

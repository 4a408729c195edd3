create or replace view analyst.runs as
select r.id as run_id, r.job, r.status, r.as_of, r.started_at, r.finished_at,
    extract(epoch from coalesce(r.finished_at, clock_timestamp()) - r.started_at) as seconds,
    r.detail
from learning.learning_runs as r;
comment on view analyst.runs is 'Every run of a job: status, how long it took (seconds) and what it did.';

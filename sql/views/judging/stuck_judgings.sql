-- Judging runs that wait although no request of theirs is open: a worker should have finished them.
-- since: when the last request ended, or the run begun (the server's own clock, UTC).
create or replace view learning.stuck_judgings as
select r.id as run_id, greatest(r.started_at, d.finished_at) as since
from learning.learning_runs as r
left join lateral (
    select max(s.finished_at) as finished_at, bool_or(s.status in ('waiting', 'leased')) as is_open
    from learning.simulation_requests as s
    where s.run_id = r.id
) as d on true
where r.job = 'quadrant.judge' and r.status = 'waiting' and d.is_open is not true;
comment on view learning.stuck_judgings is
    'Judging runs that wait with no request left, and since when.';

create or replace view analyst.log as
select l.id as log_id, l.clock_at, l.logged_at, l.level, l.event, l.data, l.run_id, r.job
from learning.learning_log as l
left join learning.learning_runs as r on r.id = l.run_id;
comment on view analyst.log is
    'The learning log: a line per thing done, with its figures in data; clock_at is simulated time in a replay.';

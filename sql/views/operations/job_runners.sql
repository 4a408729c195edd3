-- Who runs each job: pg_cron where learning.schedule_all gave it that job and it is still in this
-- database (a restored database may have come to a server without), else quadrant serve.
create or replace view learning.job_runners as
select s.job, s.cron, s.command, s.enabled,
    case
        when s.by_pg_cron
            and exists (select from pg_catalog.pg_extension as e where e.extname = 'pg_cron')
            then 'pg_cron'
        else 'quadrant serve'
    end as runner
from learning.schedule as s;
comment on view learning.job_runners is
    'The jobs of the schedule, and who runs each: pg_cron or quadrant serve.';

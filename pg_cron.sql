-- Puts Quadrant's jobs into pg_cron. A superuser (on managed servers: the admin) runs it in the
-- database named by cron.database_name, which must be Quadrant's own:
--
--     psql -d quadrant -f pg_cron.sql
--
-- Needed once in postgresql.conf, then a restart:
--
--     shared_preload_libraries = 'pg_cron'
--     cron.database_name = 'quadrant'
--     cron.use_background_workers = on    -- or let quadrant_jobs log in from localhost (pg_hba.conf)
--     max_worker_processes = 20           -- with background workers
--
-- Times are UTC unless cron.timezone says otherwise. The jobs stand in the table learning.schedule:
-- change or disable one there and run this again; running it twice changes nothing. Each job runs as
-- quadrant_jobs. To take them all out: select learning.unschedule_all();
-- Without pg_cron, `quadrant serve` runs the same table.
create extension if not exists pg_cron;
-- The jobs forget their own old runs in cron.job_run_details (row security shows a role its own).
grant usage on schema cron to quadrant_owner;
select learning.schedule_all() as jobs_scheduled;
select j.jobname, j.schedule, j.command, j.username
from cron.job as j
where j.jobname like 'quadrant.%' and j.database = current_database()
order by j.jobname;

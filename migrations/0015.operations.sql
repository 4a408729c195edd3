-- Who runs a job: pg_cron, or quadrant serve; and which workers are part of a quadrant serve.
set role quadrant_owner;

alter table learning.schedule add column by_pg_cron boolean not null default false;
comment on column learning.schedule.by_pg_cron is
    'pg_cron was given this job (learning.schedule_all); quadrant serve leaves it alone then.';

-- Where pg_cron is, it may have them already: a job that is late is seen, one run twice is not.
update learning.schedule
set by_pg_cron = true
where enabled and exists (select from pg_catalog.pg_extension as e where e.extname = 'pg_cron');

alter table learning.workers add column runs_jobs boolean not null default false;
comment on column learning.workers.runs_jobs is
    'It is part of quadrant serve, which also runs the jobs of the schedule.';
reset role;

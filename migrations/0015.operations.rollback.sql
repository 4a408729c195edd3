alter table learning.workers drop column runs_jobs;
alter table learning.schedule drop column by_pg_cron;

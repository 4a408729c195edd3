-- Scheduled jobs and the workers that live.
set role quadrant_owner;

create type learning.cron as (
    seconds integer, minutes integer[], hours integer[], days integer[], months integer[],
    weekdays integer[], both_days boolean
);
comment on type learning.cron is
    'A cron expression, read: seconds (every so many), or the values of its five fields. both_days: a day has to satisfy days and weekdays, else one of them is enough.';

create table learning.schedule (
    job text primary key,
    cron text not null,
    command text not null,
    enabled boolean not null default true,
    constraint job_is_named_after_quadrant check (job ~ '^quadrant\.[a-z_]+$')
);
comment on table learning.schedule is
    'The schedule behind pg_cron.sql and quadrant serve: one row per job.';
comment on column learning.schedule.cron is 'Five cron fields, or N seconds (learning.cron), UTC.';
comment on column learning.schedule.command is 'One call of a run_* procedure.';

insert into learning.schedule (job, cron, command)
values
    ('quadrant.mine', '9 * * * *', 'call learning.run_tuning_miner()'),
    ('quadrant.judge', '10 * * * *', 'call learning.run_judge()'),
    ('quadrant.maintain', '17 3 * * *', 'call learning.run_maintenance()'),
    ('quadrant.aggregate', '*/5 * * * *', 'call learning.run_aggregator()');

-- A lease is a row that is there: nobody waits for one that another is just making.
insert into learning.job_leases (job)
select s.job from learning.schedule as s
union all
values ('*');

create table learning.workers (
    worker text primary key,
    started_at timestamptz not null default clock_timestamp(),
    beat_at timestamptz not null default clock_timestamp(),
    doing text not null,
    version text not null,
    constraint texts_are_short
        check (greatest(length(worker), length(doing), length(version)) <= 200)
);
comment on table learning.workers is
    'One row per simulation worker that lives, or died without saying so within a day.';
comment on column learning.workers.started_at is 'The server''s own clock (UTC).';
comment on column learning.workers.beat_at is
    'When it last said that it is there, by the server''s own clock (UTC).';
comment on column learning.workers.doing is 'What it was at then.';
reset role;

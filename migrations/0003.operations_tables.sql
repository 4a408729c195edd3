set role quadrant_owner;

create table learning.learning_configs (
    module_id text primary key,
    config_data jsonb not null default '{}',
    updated_at timestamptz not null default learning.clock(),
    updated_by text not null default current_user,
    constraint config_data_is_an_object check (jsonb_typeof(config_data) = 'object')
);
comment on table learning.learning_configs is 'One row per module: its live configuration.';
comment on column learning.learning_configs.config_data is 'Settings, feature flags, allocations; changes take effect at the next read.';
comment on column learning.learning_configs.updated_at is 'UTC, by learning.clock().';

create table learning.learning_runs (
    id bigint generated always as identity primary key,
    job text not null,
    status text not null default 'running',
    as_of timestamptz not null default learning.clock(),
    started_at timestamptz not null default clock_timestamp(),
    finished_at timestamptz,
    detail jsonb not null default '{}',
    constraint status_is_known
        check (status in ('running', 'waiting', 'done', 'failed', 'skipped')),
    constraint a_finished_run_has_an_end
        check ((status in ('running', 'waiting')) = (finished_at is null))
);
create index learning_runs_by_job on learning.learning_runs (job, id desc);
comment on table learning.learning_runs is 'One row per run of a job.';
comment on column learning.learning_runs.as_of is 'learning.clock() read once at the start (UTC): what the whole run goes by.';
comment on column learning.learning_runs.started_at is 'The server''s own clock (UTC), so that durations are real.';
comment on column learning.learning_runs.finished_at is 'The server''s own clock (UTC).';
comment on column learning.learning_runs.detail is 'Counts of what the run did, or why it failed or was skipped.';

create table learning.learning_log (
    id bigint generated always as identity primary key,
    run_id bigint,
    level text not null,
    event text not null,
    data jsonb not null default '{}',
    logged_at timestamptz not null default clock_timestamp(),
    constraint level_is_known check (level in ('DEBUG', 'INFO', 'WARNING', 'ERROR'))
);
create index learning_log_by_run on learning.learning_log (run_id);
comment on table learning.learning_log is 'One row per log line.';
comment on column learning.learning_log.logged_at is 'The server''s own clock (UTC).';

create table learning.schedule (
    job text primary key,
    cron text not null,
    command text not null,
    enabled boolean not null default true,
    constraint job_is_named_after_quadrant check (job ~ '^quadrant\.[a-z_]+$')
);
comment on table learning.schedule is 'The schedule behind pg_cron.sql and quadrant serve: one row per job.';
comment on column learning.schedule.cron is 'Five cron fields, UTC.';
comment on column learning.schedule.command is 'One call of a run_* procedure.';

create table learning.episode_rejects (
    id bigint generated always as identity primary key,
    source text not null,
    payload jsonb not null,
    reason text not null,
    sqlstate text not null,
    rejected_at timestamptz not null default learning.clock()
);
comment on table learning.episode_rejects is 'One row per bad input: nothing is lost, nothing bad gets in.';
comment on column learning.episode_rejects.source is 'Where it came from: a file name, a function, a feed.';
comment on column learning.episode_rejects.rejected_at is 'UTC, by learning.clock().';
reset role;
set role quadrant_owner;
create unique index the_same_reject_is_kept_once
    on learning.episode_rejects (source, md5(payload::text));
reset role;

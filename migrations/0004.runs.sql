-- Runs of jobs, who holds which job, and the log.
set role quadrant_owner;

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
create index learning_runs_open on learning.learning_runs (job) where status = 'running';
comment on table learning.learning_runs is 'One row per run of a job.';
comment on column learning.learning_runs.as_of is
    'learning.clock() read once at the start (UTC): what the whole run goes by.';
comment on column learning.learning_runs.started_at is
    'The server''s own clock (UTC), so that durations are real.';
comment on column learning.learning_runs.finished_at is 'The server''s own clock (UTC).';
comment on column learning.learning_runs.detail is
    'Counts of what the run did, or why it failed or was skipped.';

create table learning.learning_log (
    id bigint generated always as identity primary key,
    run_id bigint,
    level text not null,
    event text not null,
    data jsonb not null default '{}',
    logged_at timestamptz not null default clock_timestamp(),
    clock_at timestamptz not null default learning.log_time(),
    transaction_id xid8 not null default pg_current_xact_id(),
    constraint level_is_known check (level in ('DEBUG', 'INFO', 'WARNING', 'ERROR'))
);
create index learning_log_by_run on learning.learning_log (run_id);
create index learning_log_by_transaction on learning.learning_log (transaction_id);
comment on table learning.learning_log is 'One row per log line.';
comment on column learning.learning_log.logged_at is 'The server''s own clock (UTC).';
comment on column learning.learning_log.clock_at is
    'What the line is of, by the learning clock (UTC): simulated time in a replay.';
comment on column learning.learning_log.transaction_id is
    'What is older than every open transaction is complete: who follows the log reads up to there.';

create table learning.job_leases (
    job text primary key,
    run_id bigint,
    holder text,
    pid integer,
    session_key bigint,
    constraint a_lease_names_its_session check ((pid is null) = (session_key is null)),
    constraint only_a_session_holds_a_lease
        check (pid is not null or (run_id is null and holder is null))
);
comment on table learning.job_leases is
    'One row per job, and * for all of them: who holds it. A run holds its row''s lock during each step, and the lease from step to step.';
comment on column learning.job_leases.run_id is 'The run that holds the job.';
comment on column learning.job_leases.holder is
    'Who holds all jobs (row *): a replay, quadrant learn.';
comment on column learning.job_leases.pid is
    'The server process of the holder; a lease is void once that session is gone.';
comment on column learning.job_leases.session_key is
    'learning.session_key() of the holder: tells its session from a later one with the same pid.';
reset role;

-- Who runs a job: a row that only the owner reaches, in place of advisory locks, which any login
-- may hold.
set role quadrant_owner;

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
comment on table learning.job_leases is 'One row per job, and * for all of them: who holds it. A run holds its row''s lock during each step, and the lease from step to step.';
comment on column learning.job_leases.run_id is 'The run that holds the job.';
comment on column learning.job_leases.holder is 'Who holds all jobs (row *): a replay, quadrant learn.';
comment on column learning.job_leases.pid is 'The server process of the holder; a lease is void once that session is gone.';
comment on column learning.job_leases.session_key is 'learning.session_key() of the holder: tells its session from a later one with the same pid.';
insert into learning.job_leases (job)
select s.job from learning.schedule as s
union all
values ('*');

create index learning_runs_open on learning.learning_runs (job) where status = 'running';
reset role;

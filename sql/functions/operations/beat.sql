-- A simulation worker says that it is there, and what it does; null: it leaves. p_runs_jobs: it is
-- part of a quadrant serve. Forgets workers that have been silent for a day, or beat ahead of the
-- clock: it went back, and who lives beats again.
create or replace function learning.beat(
    p_worker text, p_doing text, p_version text, p_runs_jobs boolean default false
)
returns void
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
    delete from learning.workers as w
    where w.worker = p_worker and p_doing is null
        or w.beat_at not between clock_timestamp() - interval '1 day' and clock_timestamp();
    insert into learning.workers as w (worker, doing, version, runs_jobs)
    select p_worker, p_doing, p_version, p_runs_jobs
    where p_doing is not null
    on conflict (worker) do update
    set beat_at = clock_timestamp(), doing = excluded.doing, version = excluded.version,
        runs_jobs = excluded.runs_jobs;
$$;
comment on function learning.beat(text, text, text, boolean) is
    'The heartbeat of a worker; doing null: it leaves.';

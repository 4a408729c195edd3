-- Opens a run of a job and reads the clock for it, once (as_of). A scheduled run while the clock is
-- set, any by the server's clock in a database that holds a replay (all of it would be too old), or
-- while another run of the job or somebody with all jobs (take_jobs) is at it, is recorded as
-- skipped and its status says so; the caller then leaves. Runs that a killed server or session
-- abandoned are ended as failed. p_by_hand: replay and people, who move the clock themselves. A
-- procedure that commits calls hold_run in every transaction after that.
create or replace function learning.begin_run(p_job text, p_by_hand boolean default false)
returns learning.learning_runs
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_run learning.learning_runs;
    v_is_set boolean := exists (
        select from learning.clock_setting as c where c.set_to is not null
    );
    v_lease learning.job_leases;
    v_all learning.job_leases;
    v_why text;
    v_abandoned bigint;
begin
    if v_is_set and not p_by_hand then
        v_why := 'the clock is set';
    elsif not v_is_set and exists (select from learning.world as w where w.kind = 'replay') then
        v_why := 'the database holds a replay';
    else
        -- Asked first: an insert alone would wait for whoever is changing the row.
        if not exists (select from learning.job_leases as l where l.job = p_job) then
            insert into learning.job_leases (job) values (p_job) on conflict do nothing;
        end if;
        select l.* into v_lease
        from learning.job_leases as l
        where l.job = p_job
        for update skip locked;
        if not found or learning.lease_is_held(v_lease) then
            v_why := 'another run of it is in progress';
        else
            -- A statement of its own, after the lock: take_jobs locks every row before it takes *.
            select l.* into v_all from learning.job_leases as l where l.job = '*';
            if learning.lease_is_held(v_all) then
                v_why := v_all.holder || ' is in progress';
            end if;
        end if;
    end if;
    if v_why is null then
        for v_abandoned in
            update learning.learning_runs as r
            set status = 'failed', finished_at = clock_timestamp(),
                detail = r.detail || '{"abandoned": "its session ended before it did"}'
            where r.job = p_job and r.status = 'running'
            returning r.id
        loop
            perform learning.log(
                'WARNING', 'Run abandoned', jsonb_build_object('job', p_job), v_abandoned
            );
        end loop;
    end if;
    insert into learning.learning_runs (job, status, finished_at, detail)
    values (
        p_job,
        case when v_why is null then 'running' else 'skipped' end,
        case when v_why is not null then clock_timestamp() end,
        case when v_why is null then '{}' else jsonb_build_object('skipped', v_why) end
    )
    returning * into v_run;
    if v_why is null then
        update learning.job_leases as l
        set run_id = v_run.id, pid = pg_backend_pid(), session_key = learning.session_key()
        where l.job = p_job;
    end if;
    return v_run;
end
$$;
comment on function learning.begin_run(text, boolean) is
    'Opens a run: status running, or skipped with the reason in detail. It holds the job until end_run; abandoned runs of the job are closed.';

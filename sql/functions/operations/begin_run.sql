-- Opens a run of a job and reads the clock for it, once (as_of). A scheduled run while the clock is
-- set, any run by the server's clock in a database that holds a replay (all of it would be too
-- old), or one while another run of the job is in progress, is recorded as skipped and its status
-- says so; the caller then leaves. p_by_hand: replay and people, who move the clock themselves.
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
    v_why text;
begin
    if v_is_set and not p_by_hand then
        v_why := 'the clock is set';
    elsif not v_is_set and exists (select from learning.world as w where w.kind = 'replay') then
        v_why := 'the database holds a replay';
    elsif not pg_try_advisory_lock(hashtext('quadrant'), hashtext(p_job)) then
        v_why := 'another run of it is in progress';
    end if;
    insert into learning.learning_runs (job, status, finished_at, detail)
    values (
        p_job,
        case when v_why is null then 'running' else 'skipped' end,
        case when v_why is not null then clock_timestamp() end,
        case when v_why is null then '{}' else jsonb_build_object('skipped', v_why) end
    )
    returning * into v_run;
    return v_run;
end
$$;
comment on function learning.begin_run(text, boolean) is
    'Opens a run: status running, or skipped with the reason in detail. Holds the job''s advisory lock until end_run.';

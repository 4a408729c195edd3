-- A worker could not finish a run: it ends as failed with the error (sqlstate, message, context),
-- its open requests are dropped, and what was in force stays. False when the run has ended already.
create or replace function learning.fail_judging(p_run_id bigint, p_error jsonb)
returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform
    from learning.learning_runs as r
    where r.id = p_run_id and r.job = 'quadrant.judge' and r.status in ('running', 'waiting')
    for update;
    if not found then
        return false;
    end if;
    delete from learning.simulation_requests as s
    where s.run_id = p_run_id and s.status in ('waiting', 'leased');
    perform learning.log('ERROR', 'Judging run failed', p_error, p_run_id);
    perform learning.end_run(
        p_run_id, 'failed', jsonb_build_object('failed', 'finish: ' || (p_error ->> 'message'))
    );
    return true;
end
$$;
comment on function learning.fail_judging(bigint, jsonb) is
    'Ends a judging run as failed with a worker''s error; what was in force stays. False when it '
    'has ended.';

-- Ends a judging run once its simulations are there, in one transaction: q, verdicts, overrides,
-- log. Returns how many governed simulations must come first (the run stays open), 0 when it is
-- done, still waiting for others, or was done before.
create or replace function learning.finish_judging(p_run_id bigint)
returns integer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_run learning.learning_runs;
    v_requests integer;
    v_counts jsonb;
begin
    select r.* into v_run
    from learning.learning_runs as r
    where r.id = p_run_id and r.status in ('running', 'waiting')
    for update;
    if not found or exists (
        select from learning.simulation_requests as r
        where r.run_id = p_run_id and r.status in ('waiting', 'leased')
    ) then
        return 0;
    end if;
    v_requests := learning.judge_slices(p_run_id, v_run.as_of);
    if v_requests > 0 then
        perform pg_notify('simulation_requests', p_run_id::text);
        return v_requests;
    end if;
    select learning.write_overrides(
        p_run_id, 'simulation', coalesce(array_agg(o::learning.pm_overrides), '{}')
    )
    into v_counts
    from learning.simulation_overrides() as o;
    perform learning.log_simulations(p_run_id);
    perform learning.log(
        'INFO', 'Materializer finished',
        jsonb_build_object(
            'simulation', v_counts, 'seconds', learning.seconds_since(v_run.started_at)
        ),
        p_run_id
    );
    perform learning.end_run(
        p_run_id, case when v_run.detail ? 'failed' then 'failed' else 'done' end,
        jsonb_build_object('simulation', v_counts)
    );
    return 0;
end
$$;
comment on function learning.finish_judging(bigint) is
    'Turns a run''s simulations into overrides, whole or not at all; returns simulations still '
    'needed.';

-- Goes on with a judging run once its comparisons are there, a pattern at a time: its look is
-- decided and settled, or asks for more. A pattern that fails keeps what it has in force, and the
-- run ends as failed; the others are written. Returns how many comparisons must come first (the run
-- stays open), 0 when it is done, still waiting for others, or was done before.
create or replace function learning.finish_judging(p_run_id bigint)
returns integer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_as_of timestamptz;
    v_started timestamptz;
    v_needed integer;
    v_done jsonb;
begin
    select r.as_of, r.started_at into v_as_of, v_started
    from learning.learning_runs as r
    where r.id = p_run_id and r.status in ('running', 'waiting')
    for update;
    if not found or exists (
        select from learning.simulation_requests as r
        where r.run_id = p_run_id and r.status in ('waiting', 'leased')
    ) then
        return 0;
    end if;
    v_needed := learning.judging_step(p_run_id, v_as_of, 'look');
    if v_needed > 0 then
        return v_needed;
    end if;
    select jsonb_build_object(
        'looks', count(*), 'slices', coalesce(sum(k.slices), 0),
        'created', coalesce(sum(k.created), 0), 'dropped', coalesce(sum(k.dropped), 0)
    )
    into v_done
    from learning.looks as k
    where k.run_id = p_run_id;
    perform learning.log(
        'INFO', 'Materializer finished',
        jsonb_build_object('simulation', v_done, 'seconds', learning.seconds_since(v_started)),
        p_run_id
    );
    perform learning.end_run(p_run_id, case when r.detail ? 'failed' then 'failed' else 'done' end,
        jsonb_build_object('simulation', v_done))
    from learning.learning_runs as r
    where r.id = p_run_id;
    return 0;
end
$$;
comment on function learning.finish_judging(bigint) is
    'Decides and settles a run''s looks, each pattern whole or not at all; returns comparisons '
    'still needed.';

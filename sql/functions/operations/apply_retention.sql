-- Deletes what is older than the settings retention_days.* say, by the server's own clock: log
-- lines, finished simulation requests, runs nothing refers to, rejects, pg_cron's history; on a
-- shard also what waits for a miner there. Returns the rows deleted, by kind. Windows, trades and
-- messages: learning.remove_old_events.
create or replace function learning.apply_retention()
returns jsonb
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_days jsonb := (
        select jsonb_object_agg(k.kind, learning.setting(null, 'retention_days.' || k.kind))
        from unnest(array['log', 'requests', 'runs', 'rejects', 'cron']) as k (kind)
    );
    v_deleted jsonb := '{}';
    v_rows bigint;
begin
    delete from learning.learning_log as l
    where l.logged_at < clock_timestamp() - make_interval(days => (v_days -> 'log')::integer);
    get diagnostics v_rows = row_count;
    v_deleted := v_deleted || jsonb_build_object('log', v_rows);

    delete from learning.simulation_requests as r
    where r.finished_at
        < clock_timestamp() - make_interval(days => (v_days -> 'requests')::integer);
    get diagnostics v_rows = row_count;
    v_deleted := v_deleted || jsonb_build_object('requests', v_rows);

    delete from learning.learning_runs as r
    where r.finished_at < clock_timestamp() - make_interval(days => (v_days -> 'runs')::integer)
        and not exists (select from learning.lessons as l where l.run_id = r.id)
        and not exists (select from learning.looks as k where k.run_id = r.id)
        and not exists (select from learning.simulation_requests as q where q.run_id = r.id);
    get diagnostics v_rows = row_count;
    v_deleted := v_deleted || jsonb_build_object('runs', v_rows);

    delete from learning.episode_rejects as j
    where j.rejected_at < clock_timestamp() - make_interval(days => (v_days -> 'rejects')::integer);
    get diagnostics v_rows = row_count;
    v_deleted := v_deleted || jsonb_build_object('rejects', v_rows);

    -- A shard's miner is somewhere else.
    if learning.gets_overrides() then
        with experiments as (
            delete from learning.mining_dirty returning 1
        ),
        trades as (
            delete from learning.trades_dirty returning 1
        )
        select (select count(*) from experiments) + (select count(*) from trades) into v_rows;
        v_deleted := v_deleted || jsonb_build_object('outboxes', v_rows);
    end if;

    begin
        if learning.has_pg_cron() then
            -- Dynamic: the table exists only where pg_cron is.
            execute format(
                'delete from cron.job_run_details where database = %L and end_time < %L',
                current_database(),
                clock_timestamp() - make_interval(days => (v_days -> 'cron')::integer)
            );
            get diagnostics v_rows = row_count;
            v_deleted := v_deleted || jsonb_build_object('cron', v_rows);
        end if;
    exception
        when sqlstate 'QD221' then
            perform learning.log(
                'WARNING', 'History of pg_cron kept', jsonb_build_object('why', sqlerrm)
            );
    end;
    return v_deleted;
end
$$;
comment on function learning.apply_retention() is
    'Deletes log lines, requests, runs, rejects and cron history past their retention; returns counts.';

-- A step of the job quadrant.aggregate: trades (strands of closed trades become trade events),
-- stale_pendings (they become neutral), pattern_scope_stats (refreshed without blocking its
-- readers). Returns what it did, under the names the run's detail has.
create or replace function learning.aggregator_step(p_run learning.learning_runs, p_step text)
returns jsonb
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_done jsonb := '{}';
begin
    case p_step
        when 'trades' then
            v_done := learning.aggregate_trades();
        when 'stale_pendings' then
            v_done := jsonb_build_object(p_step, learning.close_stale_pendings(p_run.as_of));
        when 'pattern_scope_stats' then
            refresh materialized view concurrently analyst.pattern_scope_stats;
    end case;
    return v_done;
end
$$;
comment on function learning.aggregator_step(learning.learning_runs, text) is
    'A step of the job quadrant.aggregate; returns counts.';

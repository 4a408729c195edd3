-- The job quadrant.aggregate, every five minutes: strands of closed trades become trade events,
-- stale pendings neutral, analyst.pattern_scope_stats is refreshed without blocking its readers;
-- each step in a transaction of its own, a failing one is logged and the next goes on. p_by_hand:
-- replay and people, who move the clock themselves. No SET clause: a procedure that has one cannot
-- commit; hence every name in it is qualified.
create or replace procedure learning.run_aggregator(p_by_hand boolean default false)
language plpgsql
as $$
declare
    v_run learning.learning_runs;
    v_step pg_catalog.text;
    v_detail pg_catalog.jsonb := '{}';
    v_failed integer := 0;
    v_context pg_catalog.text;
begin
    v_run := learning.begin_run('quadrant.aggregate', p_by_hand);
    commit;
    if v_run.status = 'skipped' then
        return;
    end if;
    foreach v_step in array array['trades', 'stale_pendings', 'pattern_scope_stats'] loop
        perform learning.hold_run(v_run.id);
        begin
            case v_step
                when 'trades' then
                    v_detail := v_detail operator(pg_catalog.||) learning.aggregate_trades();
                when 'stale_pendings' then
                    v_detail := v_detail operator(pg_catalog.||) pg_catalog.jsonb_build_object(
                        v_step, learning.close_stale_pendings(v_run.as_of)
                    );
                else
                    refresh materialized view concurrently analyst.pattern_scope_stats;
            end case;
        exception
            when others then
                get stacked diagnostics v_context = pg_exception_context;
                v_failed := v_failed operator(pg_catalog.+) 1;
                perform learning.log(
                    'ERROR', 'Aggregator step failed',
                    pg_catalog.jsonb_build_object(
                        'step', v_step, 'sqlstate', sqlstate, 'error', sqlerrm, 'context', v_context
                    ),
                    v_run.id
                );
        end;
        commit;
    end loop;
    perform learning.log(
        'INFO', 'Aggregator done',
        v_detail operator(pg_catalog.||) pg_catalog.jsonb_build_object(
            'seconds', learning.seconds_since(v_run.started_at)
        ),
        v_run.id
    );
    perform learning.end_run(
        v_run.id, case when v_failed > 0 then 'failed' else 'done' end,
        v_detail operator(pg_catalog.||) pg_catalog.jsonb_build_object('failed', v_failed)
    );
end
$$;
comment on procedure learning.run_aggregator(boolean) is
    'The job quadrant.aggregate: trade events, stale pendings, analyst.pattern_scope_stats.';

-- The daily job quadrant.maintain: applies retention, analyses the tables that change most; each
-- step in a transaction of its own, a failing one is logged and the next goes on. No SET clause: a
-- procedure that has one cannot commit; hence every name in it is qualified.
create or replace procedure learning.run_maintenance()
language plpgsql
as $$
declare
    v_run learning.learning_runs;
    v_step pg_catalog.text;
    v_detail pg_catalog.jsonb := '{}';
    v_failed integer := 0;
    v_context pg_catalog.text;
begin
    v_run := learning.begin_run('quadrant.maintain');
    if v_run.status = 'skipped' then
        return;
    end if;
    commit;
    foreach v_step in array array['retention', 'analyze'] loop
        perform learning.hold_run(v_run.id);
        begin
            case v_step
                when 'retention' then
                    v_detail := v_detail operator(pg_catalog.||) pg_catalog.jsonb_build_object(
                        v_step, learning.apply_retention()
                    );
                else
                    analyze learning.pattern_episode_events, learning.slice_rates,
                        learning.lessons, learning.gate_simulations, learning.pm_overrides;
            end case;
        exception
            when others then
                get stacked diagnostics v_context = pg_exception_context;
                v_failed := v_failed operator(pg_catalog.+) 1;
                perform learning.log(
                    'ERROR', 'Maintenance step failed',
                    pg_catalog.jsonb_build_object(
                        'step', v_step, 'sqlstate', sqlstate, 'error', sqlerrm, 'context', v_context
                    ),
                    v_run.id
                );
        end;
        commit;
    end loop;
    perform learning.log(
        'INFO', 'Maintenance done',
        v_detail operator(pg_catalog.||) pg_catalog.jsonb_build_object(
            'seconds', learning.seconds_since(v_run.started_at)
        ),
        v_run.id
    );
    perform learning.end_run(
        v_run.id, case when v_failed > 0 then 'failed' else 'done' end, v_detail
    );
end
$$;
comment on procedure learning.run_maintenance() is
    'The job quadrant.maintain: retention, statistics.';

-- The hourly job quadrant.mine: mines each pattern that is due in a transaction of its own, so that
-- one that fails does not stop the next; a failed pattern stays in the outbox. No SET clause: a
-- procedure that has one cannot commit; hence every name in it is qualified.
create or replace procedure learning.run_tuning_miner()
language plpgsql
as $$
declare
    v_run learning.learning_runs;
    v_pattern_key pg_catalog.text;
    v_failed integer := 0;
    v_patterns pg_catalog.text[];
    v_result pg_catalog.jsonb;
    v_done pg_catalog.jsonb := '{}';
    v_context pg_catalog.text;
begin
    v_run := learning.begin_run('quadrant.mine');
    if v_run.status = 'skipped' then
        return;
    end if;
    perform learning.log_settings_problems(v_run.id);
    v_patterns := array(
        select d.pattern_key from learning.mining_dirty as d
        union
        select t.pattern_key from learning.patterns_to_mine(v_run.as_of) as t (pattern_key)
    );
    commit;
    foreach v_pattern_key in array v_patterns loop
        perform learning.hold_run(v_run.id);
        begin
            v_result := learning.mine_pattern(v_pattern_key, v_run.as_of, v_run.id);
            v_done := v_done operator(pg_catalog.||) pg_catalog.jsonb_build_object(
                v_pattern_key, v_result
            );
        exception
            when others then
                get stacked diagnostics v_context = pg_exception_context;
                v_failed := v_failed operator(pg_catalog.+) 1;
                perform learning.log(
                    'ERROR', 'TuningMiner pattern failed',
                    pg_catalog.jsonb_build_object(
                        'pattern_key', v_pattern_key, 'sqlstate', sqlstate, 'error', sqlerrm,
                        'context', v_context
                    ),
                    v_run.id
                );
        end;
        commit;
    end loop;
    perform learning.end_run(
        v_run.id,
        case when v_failed > 0 then 'failed' else 'done' end,
        pg_catalog.jsonb_build_object('patterns', v_done, 'failed', v_failed)
    );
end
$$;
comment on procedure learning.run_tuning_miner() is
    'The job quadrant.mine: mines the patterns that are due, one transaction each.';

-- The hourly job quadrant.mine: mines each pattern that is due in a transaction of its own, so that
-- one that fails does not stop the next; a failed pattern stays in the outbox. By hand (p_by_hand:
-- replay and people, outside the schedule) nothing is recorded where nothing is due, for replay
-- asks every simulated hour, and what failed first is raised in the end. p_mined is the detail of
-- the run: {"patterns": {key: what mine_pattern returns}, "failed"}; null where it did not run. No
-- SET clause: a procedure that has one cannot commit; hence every name in it is qualified.
create or replace procedure learning.run_tuning_miner(
    p_by_hand boolean default false, inout p_mined pg_catalog.jsonb default null
)
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
    v_state pg_catalog.text;
    v_message pg_catalog.text;
begin
    p_mined := null;
    if p_by_hand
        and not exists (select from learning.patterns_to_mine(learning.clock()) as t (pattern_key))
    then
        return;
    end if;
    v_run := learning.begin_run('quadrant.mine', p_by_hand => p_by_hand);
    if v_run.status = 'skipped' then
        return;
    end if;
    perform learning.log_settings_problems(v_run.id);
    v_patterns := array(
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
                v_state := coalesce(v_state, sqlstate);
                v_message := coalesce(v_message, sqlerrm);
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
    p_mined := pg_catalog.jsonb_build_object('patterns', v_done, 'failed', v_failed);
    perform learning.end_run(
        v_run.id, case when v_failed > 0 then 'failed' else 'done' end, p_mined
    );
    if p_by_hand and v_failed > 0 then
        commit;
        raise exception using errcode = v_state, message = v_message;
    end if;
end
$$;
comment on procedure learning.run_tuning_miner(boolean, pg_catalog.jsonb) is
    'The job quadrant.mine: mines the patterns that are due, one transaction each.';

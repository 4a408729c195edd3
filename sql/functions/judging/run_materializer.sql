-- The judging job: drift and the DX ladder at once, then requests for the simulation worker.
-- Without any the run is finished here, else it waits for the worker. A step that fails is logged
-- and fails alone: the others go on, and the run ends as failed. p_by_hand: replay and people, who
-- move the clock themselves. p_anyway: looks at patterns that are not due too. No SET clause: a
-- procedure that has one cannot commit; hence every name in it is qualified.
create or replace procedure learning.run_materializer(
    p_by_hand boolean default false, p_anyway boolean default false
)
language plpgsql
as $$
declare
    v_run learning.learning_runs;
    v_step pg_catalog.text;
    v_detail pg_catalog.jsonb := '{}';
    v_result pg_catalog.jsonb;
    v_message pg_catalog.text;
    v_context pg_catalog.text;
begin
    v_run := learning.begin_run('quadrant.judge', p_by_hand);
    commit;
    if v_run.status = 'skipped' then
        return;
    end if;
    perform learning.log_judging(v_run.id, v_run.as_of);
    commit;
    foreach v_step in array array['drift', 'ladder', 'requests'] loop
        perform learning.hold_run(v_run.id);
        begin
            v_result := learning.judging_step(v_run.id, v_run.as_of, v_step, p_anyway);
            v_detail := v_detail operator(pg_catalog.||) pg_catalog.jsonb_build_object(
                v_step, v_result
            );
        exception
            when others then
                get stacked diagnostics v_message = message_text, v_context = pg_exception_context;
                v_detail := v_detail operator(pg_catalog.||) pg_catalog.jsonb_build_object(
                    'failed', pg_catalog.concat(v_step, ': ', v_message)
                );
                perform learning.log(
                    'ERROR', 'Materializer step failed',
                    pg_catalog.jsonb_build_object(
                        'step', v_step, 'sqlstate', sqlstate, 'message', v_message,
                        'context', v_context
                    ),
                    v_run.id
                );
        end;
        commit;
    end loop;
    perform learning.end_run(
        v_run.id,
        case when pg_catalog.jsonb_exists(v_detail, 'requests') then 'waiting' else 'failed' end,
        v_detail
    );
    commit;
    if pg_catalog.jsonb_extract_path_text(v_detail, 'requests') = '0' then
        perform learning.finish_judging(v_run.id);
        commit;
    end if;
end
$$;
comment on procedure learning.run_materializer(boolean, boolean) is
    'The hourly judging job: drift and ladder overrides, requests for simulations, the run''s '
    'end where none is needed.';

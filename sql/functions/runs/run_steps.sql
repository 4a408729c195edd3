-- The steps of a run, one after the other, each in a transaction of its own in which the run holds
-- its job: one that fails is undone, logged (p_event; p_named names the step in its data) and the
-- next goes on. p_statement does a step and returns what it did: $1 is the run, $2 the step; names
-- in it are qualified. p_done is what the steps returned, merged; p_failures an array of {step,
-- sqlstate, message}. No SET clause: a procedure that has one cannot commit; hence every name in it
-- is qualified.
create or replace procedure learning.run_steps(
    p_run learning.learning_runs, p_statement pg_catalog.text, p_steps pg_catalog.text[],
    p_event pg_catalog.text, p_named pg_catalog.text default 'step',
    inout p_done pg_catalog.jsonb default null,
    inout p_failures pg_catalog.jsonb default null
)
language plpgsql
as $$
declare
    v_step pg_catalog.text;
    v_result pg_catalog.jsonb;
    v_context pg_catalog.text;
begin
    p_done := '{}';
    p_failures := '[]';
    foreach v_step in array p_steps loop
        perform learning.hold_run(p_run.id);
        begin
            execute p_statement into v_result using p_run, v_step;
            p_done := p_done operator(pg_catalog.||) v_result;
        exception
            when others then
                get stacked diagnostics v_context = pg_exception_context;
                p_failures := p_failures operator(pg_catalog.||) pg_catalog.jsonb_build_object(
                    'step', v_step, 'sqlstate', sqlstate, 'message', sqlerrm
                );
                perform learning.log(
                    'ERROR', p_event,
                    pg_catalog.jsonb_build_object(
                        p_named, v_step, 'sqlstate', sqlstate, 'error', sqlerrm,
                        'context', v_context
                    ),
                    p_run.id
                );
        end;
        commit;
    end loop;
end
$$;
comment on procedure learning.run_steps(
    learning.learning_runs, pg_catalog.text, pg_catalog.text[], pg_catalog.text, pg_catalog.text,
    pg_catalog.jsonb, pg_catalog.jsonb
) is
    'The steps of a run, each in a transaction of its own; one that fails is logged, the next goes on.';

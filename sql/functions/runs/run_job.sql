-- A job that is a list of steps, from its begin to its end: each step in a transaction of its own
-- (learning.run_steps), a line of the log (p_name and ' done') with what they did, and the run's
-- end, failed where a step failed. p_by_hand: replay and people, who move the clock themselves. No
-- SET clause: a procedure that has one cannot commit; hence every name in it is qualified.
create or replace procedure learning.run_job(
    p_job pg_catalog.text, p_name pg_catalog.text, p_statement pg_catalog.text,
    p_steps pg_catalog.text[], p_by_hand boolean default false
)
language plpgsql
as $$
declare
    v_run learning.learning_runs;
    v_done pg_catalog.jsonb;
    v_failures pg_catalog.jsonb;
    v_failed integer;
begin
    v_run := learning.begin_run(p_job, p_by_hand);
    commit;
    if v_run.status = 'skipped' then
        return;
    end if;
    call learning.run_steps(
        v_run, p_statement, p_steps, pg_catalog.concat(p_name, ' step failed'),
        p_done => v_done, p_failures => v_failures
    );
    v_failed := pg_catalog.jsonb_array_length(v_failures);
    perform learning.log(
        'INFO', pg_catalog.concat(p_name, ' done'),
        v_done operator(pg_catalog.||) pg_catalog.jsonb_build_object(
            'seconds', learning.seconds_since(v_run.started_at)
        ),
        v_run.id
    );
    perform learning.end_run(
        v_run.id, case when v_failed > 0 then 'failed' else 'done' end,
        v_done operator(pg_catalog.||) pg_catalog.jsonb_build_object('failed', v_failed)
    );
end
$$;
comment on procedure learning.run_job(
    pg_catalog.text, pg_catalog.text, pg_catalog.text, pg_catalog.text[], boolean
) is 'Runs a job of several steps: begin, steps, a line of the log, end.';

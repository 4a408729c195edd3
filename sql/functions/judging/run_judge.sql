-- The judging job: drift, the DX ladder and strength at once, then requests for the simulation
-- worker. Without any the run is finished here, else it waits for the worker. A step that fails is
-- logged and fails alone: the others go on, and the run ends as failed. p_by_hand: replay and
-- people, who move the clock themselves. p_anyway: looks at patterns that are not due too. No SET
-- clause: a procedure that has one cannot commit; hence every name in it is qualified.
create or replace procedure learning.run_judge(
    p_by_hand boolean default false, p_anyway boolean default false
)
language plpgsql
as $$
declare
    v_run learning.learning_runs;
    v_detail pg_catalog.jsonb;
    v_failures pg_catalog.jsonb;
begin
    v_run := learning.begin_run('quadrant.judge', p_by_hand);
    commit;
    if v_run.status = 'skipped' then
        return;
    end if;
    perform learning.log_judging(v_run.id, v_run.as_of);
    commit;
    call learning.run_steps(
        v_run,
        pg_catalog.format(
            'select pg_catalog.jsonb_build_object('
            '$2, learning.judging_step(($1).id, ($1).as_of, $2, %L))',
            p_anyway
        ),
        array['drift', 'ladder', 'strength', 'requests'], 'Materializer step failed',
        p_done => v_detail, p_failures => v_failures
    );
    if pg_catalog.jsonb_array_length(v_failures) > 0 then
        v_detail := v_detail operator(pg_catalog.||) pg_catalog.jsonb_build_object('failed', (
            select pg_catalog.string_agg(pg_catalog.concat(f.step, ': ', f.message), '; ')
            from pg_catalog.jsonb_to_recordset(v_failures) as f (
                step pg_catalog.text, message pg_catalog.text
            )
        ));
    end if;
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
comment on procedure learning.run_judge(boolean, boolean) is
    'The hourly judging job: overrides of drift, ladder and strength, requests for simulations, the run''s '
    'end where none is needed.';

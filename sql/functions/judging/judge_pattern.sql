-- One step of a judging run for one pattern, whole or not at all. What fails is undone, logged with
-- its SQLSTATE and context, and kept in the run's detail: failed (for people) and failed_patterns
-- ({pattern: [steps]}); null is returned. Without its requests or verdicts a pattern's overrides
-- are left as they are. Returns requests made (requests, verdicts) or counts of overrides.
create or replace function learning.judge_pattern(
    p_run_id bigint, p_as_of timestamptz, p_step text, p_pattern_key text
)
returns jsonb
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_result jsonb;
    v_message text;
    v_context text;
begin
    if p_step in ('verdicts', 'overrides') and exists (
        select from learning.learning_runs as r
        where r.id = p_run_id
            and r.detail -> 'failed_patterns' -> p_pattern_key ?| array['requests', 'verdicts']
    ) then
        return null;
    end if;
    case p_step
        when 'drift' then
            perform learning.log_drift(p_run_id, p_pattern_key);
            v_result := learning.write_overrides(p_run_id, 'drift', p_pattern_key, array(
                select o::learning.pm_overrides from learning.drift_overrides(p_pattern_key) as o
            ), learning.held_lessons(p_run_id, p_pattern_key));
        when 'ladder' then
            v_result := learning.write_overrides(p_run_id, 'ladder', p_pattern_key, array(
                select o::learning.pm_overrides from learning.ladder_overrides(p_pattern_key) as o
            ));
        when 'requests' then
            v_result := to_jsonb(learning.enqueue_judging(p_run_id, p_as_of, p_pattern_key));
        when 'verdicts' then
            v_result := to_jsonb(learning.judge_slices(p_run_id, p_as_of, p_pattern_key));
        when 'overrides' then
            v_result := learning.write_overrides(p_run_id, 'simulation', p_pattern_key, array(
                select o::learning.pm_overrides
                from learning.simulation_overrides(p_pattern_key) as o
            ), learning.held_lessons(p_run_id, p_pattern_key));
            perform learning.log_simulations(p_run_id, p_pattern_key);
    end case;
    return v_result;
exception
    when others then
        get stacked diagnostics v_message = message_text, v_context = pg_exception_context;
        perform learning.log(
            'ERROR', 'Judging of a pattern failed',
            jsonb_build_object(
                'pattern_key', p_pattern_key, 'step', p_step, 'sqlstate', sqlstate,
                'message', v_message, 'context', v_context
            ),
            p_run_id
        );
        update learning.learning_runs as r
        set detail = r.detail || jsonb_build_object(
            'failed', concat_ws(
                '; ', r.detail ->> 'failed', format('%s: %s: %s', p_step, p_pattern_key, v_message)
            ),
            'failed_patterns', coalesce(r.detail -> 'failed_patterns', '{}') || jsonb_build_object(
                p_pattern_key,
                coalesce(r.detail -> 'failed_patterns' -> p_pattern_key, '[]') || to_jsonb(p_step)
            )
        )
        where r.id = p_run_id;
        return null;
end
$$;
comment on function learning.judge_pattern(bigint, timestamptz, text, text) is
    'Runs one step of a judging run for one pattern; a failure is undone, logged and kept in the '
    'run''s detail, and null returned.';

-- One step of a judging run for one pattern, whole or not at all. What fails is undone, logged with
-- its SQLSTATE and context, and kept in the run's detail: failed (for people) and failed_patterns
-- ({pattern: [steps]}); its look has failed, what it had in force stays, and null is returned.
-- Returns requests made (requests), comparisons still needed (look) or counts of overrides.
create or replace function learning.judge_pattern(
    p_run_id bigint, p_as_of timestamptz, p_step text, p_pattern_key text, p_anyway boolean
)
returns jsonb
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_wanted learning.pm_overrides[];
    v_result jsonb;
    v_message text;
    v_context text;
begin
    case p_step
        when 'drift' then
            v_wanted := '{}';
            -- Where every slice is simulated, which is the rule, nothing drifts.
            if exists (
                select from learning.tuning_lessons as t
                where t.pattern_key = p_pattern_key and not t.is_copy and not t.simulated
            ) then
                perform learning.log_drift(p_run_id, p_pattern_key);
                v_wanted := array(
                    select o::learning.pm_overrides
                    from learning.drift_overrides(p_pattern_key) as o
                );
            end if;
            v_result := learning.write_overrides(p_run_id, 'drift', p_pattern_key, v_wanted);
        when 'ladder' then
            v_result := learning.write_overrides(p_run_id, 'ladder', p_pattern_key, array(
                select o::learning.pm_overrides from learning.ladder_overrides(p_pattern_key) as o
            ));
        when 'strength' then
            v_result := learning.judge_strength(p_run_id, p_as_of, p_pattern_key, p_anyway);
        when 'requests' then
            v_result := to_jsonb(
                learning.open_look(p_run_id, p_as_of, p_pattern_key, p_anyway)
            );
        when 'look' then
            v_result := to_jsonb(learning.judge_look(p_run_id, p_pattern_key));
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
        update learning.looks as k
        set status = 'failed'
        where k.run_id = p_run_id and k.pattern_key = p_pattern_key and k.status = 'open';
        return null;
end
$$;
comment on function learning.judge_pattern(bigint, timestamptz, text, text, boolean) is
    'Runs one step of a judging run for one pattern; a failure is undone, logged and kept in the '
    'run''s detail, and null returned.';

-- Logs why drift writes no override of a pattern: per lever and reason how many lessons it holds
-- back.
create or replace function learning.log_drift(p_run_id bigint, p_pattern_key text)
returns void
language sql volatile
as $$
    insert into learning.learning_log (run_id, level, event, data)
    select p_run_id, 'INFO', 'No override, drift', jsonb_build_object(
        'pattern_key', p_pattern_key, 'action_category', d.action_category,
        'reason', d.why_not, 'lessons', count(*)
    )
    from learning.drift_levers as d
    where d.pattern_key = p_pattern_key and not d.is_copy and not d.simulated and d.why_not <> ''
    group by d.action_category, d.why_not
    order by d.action_category, d.why_not
$$;
comment on function learning.log_drift(bigint, text) is
    'Logs how many lessons of a pattern drift holds back, by lever and reason.';

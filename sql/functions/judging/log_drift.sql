-- Logs why drift writes no override: per pattern, lever and reason how many lessons it holds back.
create or replace function learning.log_drift(p_run_id bigint)
returns void
language sql volatile
as $$
    insert into learning.learning_log (run_id, level, event, data)
    select p_run_id, 'INFO', 'No override, drift', jsonb_build_object(
        'pattern_key', d.pattern_key, 'action_category', d.action_category,
        'reason', d.why_not, 'lessons', count(*)
    )
    from learning.drift_levers as d
    where d.closed and not d.simulated and d.why_not <> ''
    group by d.pattern_key, d.action_category, d.why_not
    order by d.pattern_key, d.action_category, d.why_not
$$;
comment on function learning.log_drift(bigint) is
    'Logs how many lessons drift holds back, by pattern, lever and reason.';

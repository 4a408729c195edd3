-- Logs the settings that are passed over, one WARNING each with code and pattern. Returns how many.
create or replace function learning.log_settings_problems(p_run_id bigint)
returns bigint
language sql volatile
as $$
    with logged as (
        insert into learning.learning_log (run_id, level, event, data)
        select p_run_id, 'WARNING', 'Setting passed over', jsonb_strip_nulls(jsonb_build_object(
            'pattern_key', p.pattern_key, 'setting', p.path, 'code', p.code, 'problem', p.problem,
            'used', p.used
        ))
        from learning.settings_problems as p
        returning 1
    )
    select count(*) from logged
$$;
comment on function learning.log_settings_problems(bigint) is
    'Logs the settings that are passed over (WARNING); returns how many.';

update learning.learning_configs as c
set config_data = c.config_data || jsonb_build_object(
    'feature_flags', coalesce(c.config_data -> 'feature_flags', '{}')
        || '{"tuning_overrides_enabled": true, "shadow": false}',
    'tuning', coalesce(c.config_data -> 'tuning', '{}')
        || jsonb_build_object('profile', %s::text, 'auto_apply', true),
    'patterns', (
        select coalesce(jsonb_object_agg(p.key, p.value - 'profile' - 'auto_apply'), '{}')
        from jsonb_each(c.config_data -> 'patterns') as p
    )
)
where c.module_id = 'pm'

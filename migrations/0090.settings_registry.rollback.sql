set role quadrant_owner;
drop trigger check_changed_settings on learning.learning_configs;
drop trigger check_settings on learning.learning_configs;
drop function learning.check_settings();
drop table learning.learning_configs_history;
update learning.learning_configs as c
set config_data = '{"feature_flags": {}, "tuning": {}, "patterns": {}}'::jsonb || c.config_data
    || jsonb_build_object(
        'feature_flags', '{
            "tuning_overrides_enabled": true, "learning_overrides_enabled": true,
            "ae_v2_enabled": true, "shadow": false
        }'::jsonb || (c.config_data -> 'feature_flags'),
        'tuning', '{
            "n_min": 33, "lookback_days": 90, "pending_max_days": 30, "max_dims": null,
            "shrinkage_k": 20, "value_mode": "value", "min_ratio": 2.0, "evidence_q": 0.10,
            "draws": 500, "max_draws": 20000
        }'::jsonb || (c.config_data -> 'tuning')
    )
where c.module_id = 'pm'
    and jsonb_typeof(c.config_data -> 'feature_flags') = 'object'
    and jsonb_typeof(c.config_data -> 'tuning') = 'object';
update learning.learning_configs as c
set config_data = '{"worker_silent_minutes": 15}'::jsonb || c.config_data || jsonb_build_object(
    'retention_days', '{
        "log": 90, "runs": 365, "requests": 30, "rejects": 365, "cron": 14
    }'::jsonb || (c.config_data -> 'retention_days')
)
where c.module_id = 'operations' and jsonb_typeof(c.config_data -> 'retention_days') = 'object';
reset role;

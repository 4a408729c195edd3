set role quadrant_owner;
insert into learning.learning_configs (module_id, config_data, updated_by)
values ('operations', '{
    "retention_days": {"log": 90, "runs": 365, "requests": 30, "rejects": 365, "cron": 14},
    "worker_silent_minutes": 15
}', 'migration');
reset role;

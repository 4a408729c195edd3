set role quadrant_owner;
insert into learning.learning_configs (module_id, config_data, updated_by)
values
    ('pm', '{
        "feature_flags": {
            "tuning_overrides_enabled": true,
            "learning_overrides_enabled": true,
            "ae_v2_enabled": true,
            "shadow": false
        },
        "tuning": {
            "n_min": 33,
            "lookback_days": 90,
            "pending_max_days": 30,
            "max_dims": null,
            "shrinkage_k": 20,
            "value_mode": "value",
            "min_ratio": 2.0,
            "evidence_q": 0.10,
            "draws": 500,
            "max_draws": 20000
        },
        "patterns": {}
    }', 'migration'),
    ('decision_maker', '{
        "timeframe_allocation": {
            "15m": {"current_allocation": 0.15, "roi_short": null, "roi_long": null, "n": 0, "updated_at": null},
            "1h": {"current_allocation": 0.50, "roi_short": null, "roi_long": null, "n": 0, "updated_at": null},
            "4h": {"current_allocation": 0.35, "roi_short": null, "roi_long": null, "n": 0, "updated_at": null}
        },
        "global_roi": {"roi_short": null, "roi_long": null, "n": 0, "updated_at": null}
    }', 'migration'),
    ('dm', '{"alloc_overrides": {}}', 'migration');

insert into learning.schedule (job, cron, command)
values
    ('quadrant.mine', '9 * * * *', 'call learning.run_tuning_miner()'),
    ('quadrant.judge', '10 * * * *', 'call learning.run_judge()'),
    ('quadrant.maintain', '17 3 * * *', 'call learning.run_maintenance()');
reset role;

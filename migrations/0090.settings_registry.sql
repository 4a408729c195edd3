set role quadrant_owner;

-- Defaults stand in the registry (learning.known_settings()) alone: what the migrations before
-- wrote, and nobody changed, goes. So does learning_overrides_enabled, which nobody read.
update learning.learning_configs as c
set config_data = c.config_data || (
    select jsonb_object_agg(g.name, (
        select coalesce(jsonb_object_agg(e.key, e.value), '{}')
        from jsonb_each(c.config_data -> g.name) as e
        where g.defaults -> e.key is distinct from e.value
            and (g.name, e.key) <> ('feature_flags', 'learning_overrides_enabled')
    ))
    from (
        values
            ('pm', 'feature_flags', '{
                "tuning_overrides_enabled": true, "ae_v2_enabled": true, "shadow": false
            }'::jsonb),
            ('pm', 'tuning', '{
                "n_min": 33, "lookback_days": 90, "pending_max_days": 30, "max_dims": null,
                "shrinkage_k": 20, "value_mode": "value", "min_ratio": 2.0, "evidence_q": 0.10,
                "draws": 500, "max_draws": 20000
            }'),
            ('operations', 'retention_days', '{
                "log": 90, "runs": 365, "requests": 30, "rejects": 365, "cron": 14
            }')
    ) as g (module_id, name, defaults)
    where g.module_id = c.module_id and jsonb_typeof(c.config_data -> g.name) = 'object'
)
where c.module_id = 'pm'
        and 'object' in (
            jsonb_typeof(c.config_data -> 'feature_flags'), jsonb_typeof(c.config_data -> 'tuning')
        )
    or c.module_id = 'operations' and jsonb_typeof(c.config_data -> 'retention_days') = 'object';
update learning.learning_configs as c
set config_data = c.config_data - 'worker_silent_minutes'
where c.module_id = 'operations' and c.config_data -> 'worker_silent_minutes' = '15';

create table learning.learning_configs_history (
    id bigint generated always as identity primary key,
    module_id text not null,
    setting text not null,
    pattern_key text,
    gate text,
    old_value jsonb,
    new_value jsonb,
    changed_by text not null,
    changed_at timestamptz not null
);
comment on table learning.learning_configs_history is
    'One row per change of a setting, written by trigger. State (allocations) has none.';
comment on column learning.learning_configs_history.setting is
    'Its name; the path of what is none.';
comment on column learning.learning_configs_history.pattern_key is 'Null: the general value.';
comment on column learning.learning_configs_history.old_value is 'Null: it was not set.';
comment on column learning.learning_configs_history.new_value is 'Null: it is not set any more.';
comment on column learning.learning_configs_history.changed_at is 'UTC, by learning.clock().';

-- The rules come with sql/: while nothing is deployed yet (migrations before the first deployment)
-- nothing is checked.
create function learning.check_settings() returns trigger
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
    if to_regprocedure('learning.accept_settings(text, jsonb, jsonb)') is null then
        return null;
    end if;
    if tg_op = 'UPDATE' and new.module_id <> old.module_id then
        perform learning.accept_settings(old.module_id, old.config_data, null);
    end if;
    perform learning.accept_settings(
        case when tg_op = 'DELETE' then old.module_id else new.module_id end,
        case when tg_op = 'UPDATE' and new.module_id <> old.module_id then null
            when tg_op <> 'INSERT' then old.config_data end,
        case when tg_op <> 'DELETE' then new.config_data end
    );
    return null;
end
$$;
comment on function learning.check_settings() is
    'Trigger: checks settings and keeps their history (learning.accept_settings).';
create trigger check_settings
    after insert or delete on learning.learning_configs
    for each row execute function learning.check_settings();
create trigger check_changed_settings
    after update on learning.learning_configs
    for each row when (
        old.module_id is distinct from new.module_id
        or old.config_data is distinct from new.config_data
    )
    execute function learning.check_settings();
reset role;

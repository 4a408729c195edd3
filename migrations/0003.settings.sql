-- What is set, its history, and the state of the allocation beside it.
set role quadrant_owner;

-- Do the shares of a configuration of the decision maker sum to exactly 1? One without shares
-- has the defaults. A check calls it.
create function learning.shares_are_whole(p_config jsonb) returns boolean
language sql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
    select not p_config ? 'timeframe_allocation' or (
        select count(s.share) = 3 and min(s.share) >= 0 and sum(s.share) = 1
        from unnest(array['15m', '1h', '4h']) as t (timeframe)
        cross join lateral (
            select p_config #>> array['timeframe_allocation', t.timeframe, 'current_allocation']
        ) as c (shown)
        cross join lateral (select c.shown::numeric) as s (share)
    )
$$;
comment on function learning.shares_are_whole(jsonb) is
    'True where current_allocation of 15m, 1h and 4h are there, none is negative and they sum to exactly 1; true without timeframe_allocation.';

create table learning.learning_configs (
    module_id text primary key,
    config_data jsonb not null default '{}',
    updated_at timestamptz not null default learning.clock(),
    updated_by text not null default current_user,
    constraint config_data_is_an_object check (jsonb_typeof(config_data) = 'object'),
    constraint timeframe_shares_sum_to_1
        check (module_id <> 'decision_maker' or learning.shares_are_whole(config_data))
);
comment on table learning.learning_configs is 'One row per module: its live configuration.';
comment on column learning.learning_configs.config_data is
    'Settings, feature flags, allocations; changes take effect at the next read.';
comment on column learning.learning_configs.updated_at is 'UTC, by learning.clock().';

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

-- What is set is kept alone: defaults stand in learning.known_settings().
insert into learning.learning_configs (module_id, config_data, updated_by)
values
    ('pm', '{"feature_flags": {}, "tuning": {}, "patterns": {}}', 'migration'),
    ('operations', '{"retention_days": {}}', 'migration'),
    ('decision_maker', (
        select jsonb_build_object(
            'timeframe_allocation', jsonb_object_agg(
                t.timeframe, '{"roi_short": null, "roi_long": null, "n": 0, "updated_at": null}'
                    || jsonb_build_object('current_allocation', t.share)
            ),
            'global_roi', '{"roi_short": null, "roi_long": null, "n": 0, "updated_at": null}'::jsonb
        )
        from (values ('15m', 0.15), ('1h', 0.50), ('4h', 0.35)) as t (timeframe, share)
    ), 'migration'),
    ('dm', '{"alloc_overrides": {}}', 'migration');
reset role;

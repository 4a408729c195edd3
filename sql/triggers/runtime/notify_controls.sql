-- Tickers keep the gates they read until they hear of a change.
create or replace function learning.notify_controls() returns trigger
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
    perform pg_catalog.pg_notify('pm_overrides', '');
    return null;
end
$$;
comment on function learning.notify_controls() is
    'Trigger: tells tickers that gates in force may have changed.';
create or replace trigger notify_controls
    after update of config_data on learning.learning_configs
    for each row when (
        new.module_id = 'pm'
        and new.config_data -> 'feature_flags' is distinct from old.config_data -> 'feature_flags'
    )
    execute function learning.notify_controls();
create or replace trigger notify_new_controls
    after insert or delete on learning.learning_configs
    for each statement execute function learning.notify_controls();
create or replace trigger notify_controls
    after insert or update or delete on learning.gates
    for each statement execute function learning.notify_controls();
create or replace trigger notify_controls
    after update of status on learning.lowcap_positions
    for each row when (
        (old.status in ('watchlist', 'active')) <> (new.status in ('watchlist', 'active'))
    )
    execute function learning.notify_controls();

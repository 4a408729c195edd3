-- Settings are checked when they are written, and their history is kept (learning.accept_settings,
-- which raises). A changed module_id is a module less and a module more.
create or replace function learning.check_settings() returns trigger
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
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
create or replace trigger check_settings
    after insert or delete on learning.learning_configs
    for each row execute function learning.check_settings();
create or replace trigger check_changed_settings
    after update on learning.learning_configs
    for each row when (
        old.module_id is distinct from new.module_id
        or old.config_data is distinct from new.config_data
    )
    execute function learning.check_settings();

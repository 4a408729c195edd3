-- Locks the decision maker's configuration and answers it. The first lock of whoever steps the
-- allocation (then positions by id, then tick states by id): steps come one after the other.
create or replace function learning.lock_allocation()
returns jsonb
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_config jsonb;
begin
    select c.config_data into v_config
    from learning.learning_configs as c
    where c.module_id = 'decision_maker'
    for update;
    if not found then
        insert into learning.learning_configs as c (module_id)
        values ('decision_maker')
        on conflict (module_id) do update set module_id = excluded.module_id
        returning c.config_data into v_config;
    end if;
    return v_config;
end
$$;
comment on function learning.lock_allocation() is
    'Locks the decision_maker row of learning_configs (made when missing) until the transaction ends; answers its config_data.';

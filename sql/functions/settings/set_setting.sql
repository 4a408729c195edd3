-- Sets a setting, for all or for a pattern (a switch: or one of its gates); null takes the value
-- away again, so that the general one or the default is in force. Answers the change as
-- learning_configs_history has it, null where nothing changed. What learning.settings_problems
-- lists is taken away by its path. Raises QD080 and QD083 as require_setting does, QD081 and QD082
-- for the value.
create or replace function learning.set_setting(
    p_name text, p_value jsonb, p_pattern_key text default null, p_gate text default null,
    p_actor text default session_user
)
returns learning.learning_configs_history
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_known jsonb;
    v_module_id text;
    v_path text[];
    v_own integer;
    v_is_switch boolean := false;
    v_old jsonb;
    v_new jsonb;
    v_change learning.learning_configs_history;
begin
    if p_value is null then
        select p.module_id, p.place into v_module_id, v_path
        from learning.settings_problems as p
        where p.path = p_name and p.place <> '{}';
    end if;
    if v_path is null then
        v_known := learning.require_setting(p_name, p_pattern_key, p_gate);
        v_module_id := v_known ->> 'module_id';
        v_path := string_to_array(v_known ->> 'path', '.');
        v_own := cardinality(v_path);
        v_is_switch := v_known ->> 'type' = 'switch';
    end if;
    insert into learning.learning_configs (module_id, updated_by)
    values (v_module_id, p_actor)
    on conflict (module_id) do nothing;
    select c.config_data into v_old
    from learning.learning_configs as c
    where c.module_id = v_module_id
    for update;

    -- Only switches may be objects: there "*" stands for what is not named.
    if v_is_switch then
        v_path := v_path || array_remove(array[p_pattern_key, p_gate], null);
        if jsonb_typeof(v_old #> v_path) = 'object' then
            v_path := v_path || text '*';
        end if;
    elsif p_pattern_key is not null and v_known is not null then
        v_path := array['patterns', p_pattern_key, p_name];
    end if;
    if p_value is null then
        v_new := v_old #- v_path;
    else
        v_new := v_old;
        for v_depth in 1 .. cardinality(v_path) - 1 loop
            if jsonb_typeof(v_new #> v_path[1:v_depth]) is distinct from 'object' then
                v_new := jsonb_set(v_new, v_path[1:v_depth], case
                    when v_is_switch and v_depth >= v_own
                        and jsonb_typeof(v_new #> v_path[1:v_depth]) = 'boolean'
                        then jsonb_build_object('*', v_new #> v_path[1:v_depth])
                    else '{}'
                end);
            end if;
        end loop;
        v_new := jsonb_set(v_new, v_path, p_value);
    end if;
    if v_new <> v_old then
        perform set_config('quadrant.actor', p_actor, true);
        update learning.learning_configs as c
        set config_data = v_new, updated_at = learning.clock(), updated_by = p_actor
        where c.module_id = v_module_id;
        perform set_config('quadrant.actor', '', true);
        select h.* into v_change
        from learning.learning_configs_history as h
        where h.module_id = v_module_id
        order by h.id desc
        limit 1;
    end if;
    return v_change;
end
$$;
comment on function learning.set_setting(text, jsonb, text, text, text) is
    'Sets a setting (null: takes it away) for all, a pattern or a gate; answers the change, null where there is none.';

-- What reading a setting takes, from its row in the registry, as an object without what is null:
-- module_id, name, path, type, default_value, per, is_state, rule. With a constant name it is
-- worked out once, when a query is planned. Null where there is no such setting.
create or replace function learning.known_setting(p_name text)
returns jsonb
language plpgsql immutable parallel safe security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    return (
        select jsonb_strip_nulls(jsonb_build_object(
            'module_id', s.module_id, 'name', s.name, 'path', s.path, 'type', s.type,
            'default_value', s.default_value, 'per', s.per, 'is_state', s.is_state, 'rule', s.rule
        ))
        from learning.known_settings() as s
        where s.name = p_name
    );
end
$$;
comment on function learning.known_setting(text) is
    'What reading a setting takes, as an object; null where there is none.';

-- A setting as it is in force: the pattern's own value, else the general one, else the default (see
-- known_setting_in). p_pattern_key may be null. Callers cast: setting(key, 'n_min')::integer.
create or replace function learning.setting(p_pattern_key text, p_name text)
returns jsonb
language plpgsql stable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
    v_known jsonb := learning.known_setting(p_name);
    v_config jsonb := (
        select c.config_data
        from learning.learning_configs as c
        where c.module_id = v_known ->> 'module_id'
    );
begin
    return learning.known_setting_in(v_config, p_pattern_key, v_known);
end
$$;
comment on function learning.setting(text, text) is
    'A setting of a pattern as it is in force: its own valid value, else the general one, else the default.';

-- One tuning setting: the pattern's own (learning_configs 'pm', patterns -> key) or else the
-- general one (tuning). Null when it is not set. Callers cast: setting(key, 'n_min')::integer.
create or replace function learning.setting(p_pattern_key text, p_name text)
returns text
language sql stable parallel safe
as $$
    select learning.setting_in(c.config_data, p_pattern_key, p_name)
    from learning.learning_configs as c
    where c.module_id = 'pm'
$$;
comment on function learning.setting(text, text) is
    'A tuning setting of a pattern: its own value, else the general one, as text; null when unset.';

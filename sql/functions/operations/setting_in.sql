-- A setting in the configuration of its module, as setting_of finds it. Callers cast: ::integer.
-- For views, whose readers may not read the configuration; others ask learning.setting(). Switches,
-- which patterns and gates may have: switch_in. The body is no text: readers of views may not look
-- into the schema.
create or replace function learning.setting_in(p_config jsonb, p_pattern_key text, p_name text)
returns jsonb
language sql immutable parallel safe
return learning.setting_of(learning.known_setting(p_name), p_config, p_pattern_key);
comment on function learning.setting_in(jsonb, text, text) is
    'A setting of a pattern in a configuration: its own valid value, else the general one, else the default.';

-- The value of a setting in the configuration of its module (see known_setting_in). Callers cast:
-- ::integer. Switches, which patterns and gates may have: switch_in. For views, whose readers may
-- not read the configuration, nor look into the schema (so the body is no text); others ask
-- learning.setting().
create or replace function learning.setting_in(p_config jsonb, p_pattern_key text, p_name text)
returns jsonb
language sql immutable parallel safe
return learning.known_setting_in(p_config, p_pattern_key, learning.known_setting(p_name));
comment on function learning.setting_in(jsonb, text, text) is
    'A setting of a pattern in a configuration: its own valid value, else the general one, else the default.';

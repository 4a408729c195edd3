-- The value of a setting in the configuration of its module: the pattern's own (patterns -> key;
-- only module 'pm') or else the general one, or else the default, null where that is. A value that
-- the registry would not accept (written before there was a check) is passed over, so that reading
-- never fails: see learning.settings_problems. Callers cast: ::integer. Switches, which patterns
-- and gates may have: switch_in. For views, whose readers may not read the configuration, nor look
-- into the schema (so the body is no text); others ask learning.setting().
create or replace function learning.setting_in(p_config jsonb, p_pattern_key text, p_name text)
returns jsonb
language sql immutable parallel safe
return coalesce(
    jsonb_path_query_first(
        p_config -> 'patterns' -> p_pattern_key -> p_name,
        (learning.known_setting(p_name) ->> 'rule')::jsonpath
    ),
    jsonb_path_query_first(
        p_config #> string_to_array(learning.known_setting(p_name) ->> 'path', '.'),
        (learning.known_setting(p_name) ->> 'rule')::jsonpath
    ),
    learning.known_setting(p_name) -> 'default_value'
);
comment on function learning.setting_in(jsonb, text, text) is
    'A setting of a pattern in a configuration: its own valid value, else the general one, else the default.';

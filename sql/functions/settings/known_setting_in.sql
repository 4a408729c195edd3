-- The value of a setting in the configuration of its module, the setting as known_setting() has it:
-- the pattern's own (patterns -> key; only module 'pm') or else the general one, or else the
-- default, null where that is. A value that the registry would not accept (written before there was
-- a check) is passed over, so that reading never fails: see learning.settings_problems. The body is
-- no text, so that readers of views need not look into the schema.
create or replace function learning.known_setting_in(
    p_config jsonb, p_pattern_key text, p_known jsonb
)
returns jsonb
language sql immutable parallel safe
return coalesce(
    jsonb_path_query_first(
        p_config -> 'patterns' -> p_pattern_key -> (p_known ->> 'name'),
        (p_known ->> 'rule')::jsonpath
    ),
    jsonb_path_query_first(
        p_config #> string_to_array(p_known ->> 'path', '.'), (p_known ->> 'rule')::jsonpath
    ),
    p_known -> 'default_value'
);
comment on function learning.known_setting_in(jsonb, text, jsonb) is
    'A setting of a pattern in a configuration: its own valid value, else the general one, else the default.';

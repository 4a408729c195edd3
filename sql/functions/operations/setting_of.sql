-- The value of a setting, given its row in the registry (known_setting), in the configuration of
-- its module: the pattern's own (patterns -> key; only module 'pm') or else the general one, or
-- else the default, null where that is. A value that the registry would not accept (written before
-- there was a check) is passed over, so that reading never fails: see learning.settings_problems.
create or replace function learning.setting_of(
    p_known jsonb, p_config jsonb, p_pattern_key text
)
returns jsonb
language sql immutable parallel safe
as $$
    select coalesce(
        jsonb_path_query_first(
            p_config -> 'patterns' -> p_pattern_key -> (p_known ->> 'name'),
            (p_known ->> 'rule')::jsonpath
        ),
        jsonb_path_query_first(
            p_config #> string_to_array(p_known ->> 'path', '.'), (p_known ->> 'rule')::jsonpath
        ),
        p_known -> 'default_value'
    )
$$;
comment on function learning.setting_of(jsonb, jsonb, text) is
    'The valid value of a setting in a configuration: the pattern''s, else the general one, else the default.';

-- A switch in the feature flags of module 'pm': true, false, or an object {pattern_key: switch},
-- where a pattern's may again be an object {gate: true or false}; "*" in an object stands for what
-- it does not name, without it the default does. Anything but a boolean is passed over.
create or replace function learning.switch_in(
    p_feature_flags jsonb, p_name text, p_pattern_key text default null, p_gate text default null
)
returns boolean
language sql immutable parallel safe
return coalesce(
    jsonb_path_query_first(
        p_feature_flags -> p_name -> p_pattern_key -> p_gate,
        'strict $ ? (@.type() == "boolean")'
    ),
    jsonb_path_query_first(
        p_feature_flags -> p_name -> p_pattern_key -> '*', 'strict $ ? (@.type() == "boolean")'
    ),
    jsonb_path_query_first(
        p_feature_flags -> p_name -> p_pattern_key, 'strict $ ? (@.type() == "boolean")'
    ),
    jsonb_path_query_first(
        p_feature_flags -> p_name -> '*', 'strict $ ? (@.type() == "boolean")'
    ),
    jsonb_path_query_first(p_feature_flags -> p_name, 'strict $ ? (@.type() == "boolean")'),
    learning.known_setting(p_name) -> 'default_value'
)::boolean;
comment on function learning.switch_in(jsonb, text, text, text) is
    'A switch for a pattern and gate in feature flags: the most specific boolean, else the default.';

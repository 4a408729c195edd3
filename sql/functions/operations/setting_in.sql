-- One tuning setting in the configuration of module 'pm': the pattern's own (patterns -> key) or
-- else the general one (tuning). Null when it is not set. For views, whose readers may not read the
-- configuration; others ask learning.setting().
create or replace function learning.setting_in(p_config jsonb, p_pattern_key text, p_name text)
returns text
language sql immutable parallel safe
as $$
    select coalesce(p_config -> 'patterns' -> p_pattern_key ->> p_name,
        p_config -> 'tuning' ->> p_name)
$$;
comment on function learning.setting_in(jsonb, text, text) is
    'A tuning setting of a pattern in a configuration, as text; null when unset.';

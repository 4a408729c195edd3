-- A scope value as the text it is compared as: 1, 1.0 and "1" are one value, true and "true"
-- another.
create or replace function learning.scope_value(p_value jsonb) returns text
language sql immutable parallel safe
as $$
    select case jsonb_typeof(p_value)
        when 'number' then trim_scale(p_value::numeric)::text else p_value #>> '{}' end
$$;
comment on function learning.scope_value(jsonb) is
    'A scope value as the text it is compared as: numbers without trailing zeros; null for null.';

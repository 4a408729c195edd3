-- A scope value as text that tells values apart: its jsonb text, numbers without trailing zeros
-- (1 and 1.0 are one value). Null for null.
create or replace function learning.value_name(p_value jsonb)
returns text
language sql immutable parallel safe
as $$
    select case jsonb_typeof(p_value)
        when 'number' then trim_scale(p_value::numeric)::text else p_value::text end
$$;
comment on function learning.value_name(jsonb) is
    'A scope value as text; equal values have one name.';

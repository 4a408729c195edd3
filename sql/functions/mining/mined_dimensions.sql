-- The enabled dimensions a pattern has codes for, in the order of their places: code_of maps a
-- value's jsonb text to its code, item_of a code to the condition {name: value}; bits is how many
-- binary digits hold every code.
create or replace function learning.mined_dimensions(p_pattern_key text)
returns table (name text, place integer, bits integer, code_of jsonb, item_of jsonb)
language sql stable
as $$
    select k.name, k.place, length(ltrim(max(k.code)::bit(31)::text, '0')),
        jsonb_object_agg(k.value::text, k.code),
        jsonb_object_agg(k.code::text, jsonb_build_object(k.name, k.value))
    from learning.mining_codes as k
    join learning.scope_dimensions as d on d.name = k.name and d.enabled
    where k.pattern_key = p_pattern_key
    group by k.name, k.place
    order by k.place
$$;
comment on function learning.mined_dimensions(text) is
    'The dimensions of a pattern''s slice keys with their dictionaries.';

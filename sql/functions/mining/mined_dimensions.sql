-- The enabled dimensions a pattern has codes for, in the order of their places (turn 1, 2, ...):
-- code_of maps a value to its code, items has the character of code c
-- at position c; bits is how many binary digits hold every code.
create or replace function learning.mined_dimensions(p_pattern_key text)
returns table (name text, turn integer, bits integer, code_of jsonb, items text)
language sql stable
as $$
    select k.name, row_number() over (order by k.place)::integer,
        length(ltrim(max(k.code)::bit(31)::text, '0')),
        jsonb_object_agg(k.value, k.code),
        string_agg(k.item, '' order by k.code)
    from learning.mining_codes as k
    join learning.scope_dimensions as d on d.name = k.name and d.enabled
    where k.pattern_key = p_pattern_key
    group by k.name, k.place
    order by k.place
$$;
comment on function learning.mined_dimensions(text) is
    'The dimensions of a pattern''s slice keys with their dictionaries.';

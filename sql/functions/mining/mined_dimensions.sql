-- The enabled dimensions a pattern has codes for, in the order of their places (turn 1, 2, ...).
-- item_of maps a value to the character that stands for it in a key, digits_of to its code in
-- binary digits, as many as every code of the dimension fits in: those from first_digit to
-- last_digit of an experiment (experiments_statement).
create or replace function learning.mined_dimensions(p_pattern_key text)
returns table (
    name text, turn integer, first_digit integer, last_digit integer, item_of jsonb,
    digits_of jsonb
)
language sql stable
as $$
    select d.name, d.turn, d.last_digit - d.n_digits + 1, d.last_digit,
        jsonb_object_agg(k.value, k.item),
        jsonb_object_agg(k.value, right(k.code::bit(31)::text, d.n_digits))
    from (
        select o.name, o.n_digits, row_number() over (order by o.place)::integer as turn,
            (sum(o.n_digits) over (order by o.place))::integer as last_digit
        from (
            select c.name, c.place, length(ltrim(max(c.code)::bit(31)::text, '0')) as n_digits
            from learning.mining_codes as c
            join learning.scope_dimensions as s on s.name = c.name and s.enabled
            where c.pattern_key = p_pattern_key
            group by c.name, c.place
        ) as o
    ) as d
    join learning.mining_codes as k on k.pattern_key = p_pattern_key and k.name = d.name
    group by d.name, d.turn, d.n_digits, d.last_digit
    order by d.turn
$$;
comment on function learning.mined_dimensions(text) is
    'The dimensions of a pattern''s slice keys with their dictionaries.';

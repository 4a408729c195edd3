-- SQL of an array with every subset of the columns s.i1 .. s.i<p_items> (an item each, null where
-- it is missing), each set written as one text, those of at most p_most items (null: any number).
-- A set with a missing item is null.
create or replace function learning.item_subsets(p_items integer, p_most integer)
returns text
language sql immutable parallel safe
as $$
    select format('array[%s]', string_agg(coalesce(m.items, ''''''), ', ' order by m.mask))
    from (
        select k.mask, string_agg('s.i' || i, ' || ' order by i) as items
        from generate_series(0, (1 << p_items) - 1) as k (mask)
        left join generate_series(1, p_items) as i on k.mask >> (i - 1) & 1 = 1
        where p_most is null or bit_count(k.mask::bit(32)) <= p_most
        group by k.mask
    ) as m
$$;
comment on function learning.item_subsets(integer, integer) is
    'SQL of an array of the subsets of some items: a step of the cube of changes.';

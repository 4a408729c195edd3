-- The anchors that overrides contained in a scope (its items) can have: none, and one, two or
-- three items in their order. Of {a=1, b=2}: '', 'a=1', 'b=2', 'a=1 & b=2'. An override of {a=1,
-- b=2, c=3, d=4} stands at 'a=1 & b=2 & c=3': a scope with these looks at it, whatever its d.
-- Plain, so that the planner puts it in place.
create or replace function learning.scope_anchors(p_items text[])
returns setof text
language sql immutable parallel safe
as $$
    select ''
    union all
    select learning.scope_anchor(array[a.item])
    from pg_catalog.unnest(p_items) as a (item)
    union all
    select learning.scope_anchor(array[a.item, b.item])
    from pg_catalog.unnest(p_items) with ordinality as a (item, place)
    join pg_catalog.unnest(p_items) with ordinality as b (item, place) on b.place > a.place
    union all
    select learning.scope_anchor(array[a.item, b.item, c.item])
    from pg_catalog.unnest(p_items) with ordinality as a (item, place)
    join pg_catalog.unnest(p_items) with ordinality as b (item, place) on b.place > a.place
    join pg_catalog.unnest(p_items) with ordinality as c (item, place) on c.place > b.place
$$;
comment on function learning.scope_anchors(text[]) is
    'Where the overrides contained in a scope are looked up: its items in ones, twos and threes.';

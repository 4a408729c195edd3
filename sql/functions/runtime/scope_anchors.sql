-- The anchors that overrides contained in a scope (its items) can have: none, and one, two or
-- three items in their order. Of {a=1, b=2}: '', 'a=1', 'b=2', 'a=1 & b=2'. An override of {a=1,
-- b=2, c=3, d=4} stands at 'a=1 & b=2 & c=3': a scope with these looks at it, whatever its d.
create or replace function learning.scope_anchors(p_items text[])
returns text[]
language sql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
    with i as materialized (
        select u.item, u.place from unnest(p_items) with ordinality as u (item, place)
    )
    select array[''] || array_agg(learning.scope_anchor(s.items))
    from (
        select array[a.item] from i as a
        union all
        select array[a.item, b.item] from i as a join i as b on b.place > a.place
        union all
        select array[a.item, b.item, c.item]
        from i as a
        join i as b on b.place > a.place
        join i as c on c.place > b.place
    ) as s (items)
$$;
comment on function learning.scope_anchors(text[]) is
    'Where the overrides contained in a scope are looked up: its items in ones, twos and threes.';

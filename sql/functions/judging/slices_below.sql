-- Of these lessons the slices strictly below a scope (as items), broadest only: with their events
-- taken away, what is left of the scope is what it governs. An array of scopes in a fixed order.
create or replace function learning.slices_below(
    p_lessons bigint[], p_pattern_key text, p_items text[]
)
returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
    if p_lessons = '{}' then
        return '[]';
    end if;
    return (
        with below as (
            select l.scope_subset, i.items, cardinality(i.items) as depth
            from learning.lessons as l
            cross join lateral (select learning.scope_items(l.scope_subset) offset 0) as i (items)
            where l.id = any (p_lessons)
                and l.pattern_key = p_pattern_key
                and cardinality(i.items) > cardinality(p_items)
                and i.items @> p_items
        )
        select coalesce(jsonb_agg(b.scope_subset order by b.items), '[]')
        from below as b
        where not exists (
            select from below as broader
            where broader.depth < b.depth and b.items @> broader.items
        )
    );
end
$$;
comment on function learning.slices_below(bigint[], text, text[]) is
    'Scopes of the given lessons below a slice, without those within another of them.';

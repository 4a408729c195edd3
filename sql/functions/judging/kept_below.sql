-- The kept slices strictly below a scope (as items), broadest only: their events are not governed
-- by it. An array of scopes in a fixed order.
create or replace function learning.kept_below(p_pattern_key text, p_items text[])
returns jsonb
language sql stable
as $$
    with kept as (
        select t.scope_subset, t.items
        from learning.tuning_lessons as t
        join learning.gate_simulations as g on g.lesson_id = t.lesson_id and g.kind = 'own'
        where g.verdict = 'kept'
            and t.pattern_key = p_pattern_key
            and t.items @> p_items
            and t.items <> p_items
    )
    select coalesce(jsonb_agg(k.scope_subset order by k.items), '[]')
    from kept as k
    where not exists (
        select from kept as broader where k.items @> broader.items and k.items <> broader.items
    )
$$;
comment on function learning.kept_below(text, text[]) is
    'Scopes of the kept slices below a slice, without those within another of them.';

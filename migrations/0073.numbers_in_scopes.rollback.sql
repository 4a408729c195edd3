create or replace function learning.scope_items(p_scope jsonb) returns text[]
language sql immutable parallel safe
set search_path = ''
as $$
    select coalesce(
        array_agg((e.key || '=' || e.value) collate "C" order by (e.key || '=' || e.value) collate "C"),
        '{}'
    )
    from pg_catalog.jsonb_each_text(p_scope) as e
$$;

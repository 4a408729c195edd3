-- The part of canonical_scope() that is not for every row.
create or replace function learning.scope_of_texts(p_scope jsonb) returns jsonb
language sql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
    select jsonb_object_agg(e.key, case
        when jsonb_typeof(e.value) in ('number', 'boolean')
            then to_jsonb(learning.scope_value(e.value))
        else e.value
    end)
    from jsonb_each(p_scope) as e
$$;
comment on function learning.scope_of_texts(jsonb) is
    'A scope with its numbers and booleans as texts: the part of learning.canonical_scope() that is not for every row.';

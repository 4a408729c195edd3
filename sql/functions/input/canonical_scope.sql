-- A scope with every value as the text it is compared as, which is how lessons and overrides are
-- stored and experiments are counted. One expression, which the planner puts in place: most scopes
-- hold texts alone.
create or replace function learning.canonical_scope(p_scope jsonb) returns jsonb
language sql immutable parallel safe
as $$
    select case when p_scope operator(pg_catalog.@?)
            'strict $.* ? (@.type() == "number" || @.type() == "boolean")'
        then learning.scope_of_texts(p_scope) else p_scope end
$$;
comment on function learning.canonical_scope(jsonb) is
    'The scope with every value as the text it is compared as: equal scopes are equal jsonb.';

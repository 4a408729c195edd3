set role quadrant_owner;

-- The same answer without a call per row: one expression, which the planner puts in place.
create or replace function learning.is_scope(p_scope jsonb) returns boolean
language sql immutable parallel safe
as $$
    select case when jsonb_typeof(p_scope) = 'object' then not p_scope operator(pg_catalog.@?)
        'strict $.* ? (@.type() == "null" || @.type() == "object" || @.type() == "array")'
    else false end
$$;
reset role;

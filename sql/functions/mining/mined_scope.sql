-- The part of a scope that is mined, in canonical form: its enabled dimensions.
create or replace function learning.mined_scope(p_scope jsonb)
returns jsonb
language sql stable parallel safe
as $$
    select coalesce(jsonb_object_agg(d.name, learning.scope_value(p_scope -> d.name)), '{}')
    from learning.scope_dimensions as d
    where d.enabled and p_scope ? d.name
$$;
comment on function learning.mined_scope(jsonb) is 'The enabled dimensions of a scope, values as texts.';

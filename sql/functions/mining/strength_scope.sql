-- The part of a trade's scope that lessons of a pattern may have as conditions, in canonical form:
-- enabled dimensions, without those that are the other module's alone (scope_dimensions.module).
create or replace function learning.strength_scope(p_pattern_key text, p_scope jsonb)
returns jsonb
language sql stable parallel safe
as $$
    select coalesce(jsonb_object_agg(d.name, learning.scope_value(p_scope -> d.name)), '{}')
    from learning.scope_dimensions as d
    where d.enabled
        and p_scope ? d.name
        and coalesce(d.module = split_part(p_pattern_key, '.', 1), true)
$$;
comment on function learning.strength_scope(text, jsonb) is
    'The enabled dimensions of a trade''s scope that its pattern''s module knows, values as texts.';

-- Posture from A = E = 0.5 for readers who may not read overrides: {pattern: {a, e,
-- position_size_frac, overrides}} of the patterns that strength overrides move in a scope (its
-- items).
create or replace function learning.scope_postures(p_items text[])
returns jsonb
language plpgsql stable parallel safe security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
as $$
begin
    return (
        select coalesce(jsonb_object_agg(s.pattern_key, jsonb_build_object(
            'a', s.a_final, 'e', s.e_final, 'position_size_frac', s.position_size_frac,
            'overrides', s.overrides
        )), '{}')
        from learning.steered_postures(p_items, 0.5, 0.5) as s
    );
end
$$;
comment on function learning.scope_postures(text[]) is
    'Posture from neutral per pattern that strength overrides move in a scope.';

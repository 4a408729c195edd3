-- Posture for a pattern and scope: A and E as the flags left them (0..1), moved by the strength
-- overrides that hold there (learning.steered_postures: the rule); none: A and E stay. QD001 for a
-- key that is none, QD004 for a malformed scope, QD006 and QD046 for A or E.
create or replace function pm.steer(
    p_pattern_key text, p_scope jsonb, p_a_flags double precision, p_e_flags double precision
)
returns table (
    a_final double precision, e_final double precision, position_size_frac double precision,
    dir_a double precision, dir_e double precision, confidence double precision,
    steer_max double precision, delta_a double precision, delta_e double precision, overrides jsonb
)
language plpgsql stable parallel safe security definer rows 1
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
as $$
begin
    return query
    select coalesce(s.a_final, g.a), coalesce(s.e_final, g.e),
        coalesce(s.position_size_frac, learning.entry_size(g.a)), coalesce(s.dir_a, 0),
        coalesce(s.dir_e, 0), coalesce(s.confidence, 0), coalesce(s.steer_max, 0),
        coalesce(s.delta_a, 0), coalesce(s.delta_e, 0), coalesce(s.overrides, '[]')
    from (
        select learning.canonical_pattern_key(p_pattern_key) as pattern_key,
            learning.scope_items(learning.require_scope(p_scope)) as items,
            learning.require_share(p_a_flags, 'A') as a,
            learning.require_share(p_e_flags, 'E') as e
        offset 0
    ) as g
    left join lateral learning.steered_postures(g.items, g.a, g.e, g.pattern_key) as s on true;
end
$$;
comment on function pm.steer(text, jsonb, double precision, double precision) is
    'A and E (0..1) moved by the strength overrides that hold for a scope, the size of an entry (a fraction of what is free), and the overrides used with their weights.';

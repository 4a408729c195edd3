-- Posture for a pattern and scope: A and E as the flags left them (0..1), moved by the strength
-- overrides that hold there. Directions and confidence are weighted means (strength_weights), the
-- largest move is 0.03 + 0.20 x confidence, at most 0.22; an entry takes 0.10 + 0.50 A of what is
-- free. overrides: [{id, weight, dir_a, dir_e, confidence, scope_subset}], those with weight; none:
-- A and E stay. QD001 for a key that is none, QD004 for a malformed scope, QD006 and QD046 for A
-- or E.
create or replace function pm.steer(
    p_pattern_key text, p_scope jsonb, p_a_flags double precision, p_e_flags double precision
)
returns table (
    a_final double precision, e_final double precision, position_size_frac double precision,
    dir_a double precision, dir_e double precision, confidence double precision,
    steer_max double precision, delta_a double precision, delta_e double precision, overrides jsonb
)
language sql stable parallel safe security definer rows 1
set search_path = pg_catalog, pg_temp
as $$
    with blended as (
        -- Summed in the order of slices: which row was stored first makes no difference.
        select
            sum(w.weight * w.dir_a order by w.scope_subset, w.override_id) / sum(
                w.weight order by w.scope_subset, w.override_id) as dir_a,
            sum(w.weight * w.dir_e order by w.scope_subset, w.override_id) / sum(
                w.weight order by w.scope_subset, w.override_id) as dir_e,
            sum(w.weight * w.confidence order by w.scope_subset, w.override_id) / sum(
                w.weight order by w.scope_subset, w.override_id) as confidence,
            jsonb_agg(jsonb_build_object(
                'id', w.override_id, 'weight', w.weight, 'dir_a', w.dir_a, 'dir_e', w.dir_e,
                'confidence', w.confidence, 'scope_subset', w.scope_subset
            ) order by w.weight desc, w.override_id) as overrides
        from learning.strength_weights(
            learning.canonical_pattern_key(p_pattern_key), p_scope
        ) as w
        where w.weight > 0
    ),
    moved as (
        select
            coalesce(b.dir_a, 0) as dir_a, coalesce(b.dir_e, 0) as dir_e,
            coalesce(b.confidence, 0) as confidence,
            case when b.confidence is null then 0 else least(0.03 + 0.20 * b.confidence, 0.22)
            end as steer_max,
            coalesce(b.overrides, '[]') as overrides
        from blended as b
    )
    -- 0.10 + 0.50 A, without an underflow at the smallest A.
    select f.a_final, f.e_final, 0.50 * (0.20 + f.a_final), m.dir_a, m.dir_e, m.confidence,
        m.steer_max, m.steer_max * m.dir_a, m.steer_max * m.dir_e, m.overrides
    from moved as m
    cross join lateral (
        select
            learning.steered(
                learning.require_share(p_a_flags, 'A'), m.steer_max * m.dir_a
            ) as a_final,
            learning.steered(
                learning.require_share(p_e_flags, 'E'), m.steer_max * m.dir_e
            ) as e_final
    ) as f
$$;
comment on function pm.steer(text, jsonb, double precision, double precision) is
    'A and E (0..1) moved by the strength overrides that hold for a scope, the size of an entry (a fraction of what is free), and the overrides used with their weights.';

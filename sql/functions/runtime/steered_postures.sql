-- Posture per pattern that strength overrides move in a scope (its items): A and E as the caller
-- has them (0..1), after the blend. Of all patterns, or of one (canonical key). Directions and
-- confidence are weighted means (learning.strength_weights), the largest move is 0.03 + 0.20 x
-- confidence, at most 0.22; an entry takes 0.10 + 0.50 A of what is free. overrides: [{id, weight,
-- dir_a, dir_e, confidence, scope_subset}], those with weight. Plain, so that the planner puts it
-- in place: hand items over as a column.
create or replace function learning.steered_postures(
    p_items text[], p_a double precision, p_e double precision, p_pattern_key text default null
)
returns table (
    pattern_key text, a_final double precision, e_final double precision,
    position_size_frac double precision, dir_a double precision, dir_e double precision,
    confidence double precision, steer_max double precision, delta_a double precision,
    delta_e double precision, overrides jsonb
)
language sql stable parallel safe
as $$
    with blended as (
        select w.pattern_key,
            pg_catalog.sum(w.weight * w.dir_a) / pg_catalog.sum(w.weight) as dir_a,
            pg_catalog.sum(w.weight * w.dir_e) / pg_catalog.sum(w.weight) as dir_e,
            pg_catalog.sum(w.weight * w.confidence) / pg_catalog.sum(w.weight) as confidence,
            pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
                'id', w.override_id, 'weight', w.weight, 'dir_a', w.dir_a, 'dir_e', w.dir_e,
                'confidence', w.confidence, 'scope_subset', w.scope_subset
            )) as overrides
        from (
            -- Summed in one order: which row was stored first makes no difference.
            select s.*
            from learning.strength_weights(p_items, p_pattern_key) as s
            where s.weight > 0
            order by s.pattern_key, s.weight desc, s.scope_subset, s.override_id
        ) as w
        group by w.pattern_key
    ),
    moved as (
        select b.*, least(0.03 + 0.20 * b.confidence, 0.22) as steer_max
        from blended as b
    )
    select m.pattern_key, f.a_final, f.e_final, learning.entry_size(f.a_final), m.dir_a, m.dir_e,
        m.confidence, m.steer_max, m.steer_max * m.dir_a, m.steer_max * m.dir_e, m.overrides
    from moved as m
    cross join lateral (
        select learning.steered(p_a, m.steer_max * m.dir_a) as a_final,
            learning.steered(p_e, m.steer_max * m.dir_e) as e_final
        offset 0
    ) as f
$$;
comment on function learning.steered_postures(
    text[], double precision, double precision, text
) is
    'A and E (0..1) per pattern that strength overrides move in a scope, the size of an entry, and the overrides used with their weights.';

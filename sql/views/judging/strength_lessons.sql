-- What trades taught, a row per lesson that is no copy: strength of the portfolio manager and
-- capital by family, with the evidence at equal exposure when its pattern was last mined (strength
-- only; worked out when it is read) and what stands in pm_overrides for it.
create or replace view analyst.strength_lessons as
select l.id as lesson_id, l.status, l.lesson_type, l.pattern_key, l.scope_subset, l.n,
    s.mean_roi, s.global_mean_roi, s.edge_raw_roi, s.dir_a, s.dir_e, s.confidence, s.p_trim, s.p_s3,
    s.decay, l.decay_halflife_hours, s.alloc_mult as target, o.multiplier as alloc_mult,
    o.status as override_status, o.evidence ->> 'reason' as reason, e.n as n_judged, e.wealth,
    e.z, e.money_z, l.updated_at
from learning.lessons as l
cross join lateral jsonb_to_record(l.stats) as s (
    mean_roi double precision, global_mean_roi double precision, edge_raw_roi double precision,
    dir_a double precision, dir_e double precision, confidence double precision,
    p_trim double precision, p_s3 double precision, decay double precision,
    alloc_mult double precision
)
left join learning.pm_overrides as o on o.lesson_id = l.id and o.method = 'strength'
left join (
    select e.*
    from learning.mined_trades as m
    cross join lateral learning.strength_evidence(m.pattern_key, m.as_of) as e
    where m.pattern_key like 'pm.%'
) as e on e.lesson_id = l.id
where l.lesson_type in ('pm_strength', 'dm_alloc') and l.copy_of is null;
comment on view analyst.strength_lessons is
    'Lessons from trades (no copies): edge (a fraction), directions, confidence, half-life (hours), what is in force or proposed, and whether the slice''s trades beat the pattern''s at equal exposure.';

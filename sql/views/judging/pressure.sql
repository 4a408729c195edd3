-- Per tuning lesson: misses against false positives, the multipliers that pressure stands for, raw
-- and clamped, and what drift would write (lessons that are simulated are only shown).
create or replace view analyst.pressure as
select
    t.lesson_id,
    t.pattern_key,
    t.scope_subset,
    t.n,
    t.n_misses,
    t.n_fps,
    t.n_misses - t.n_fps as pressure,
    t.dr,
    case when t.simulated then 'simulation' else 'drift' end as judged_by,
    d.threshold_unclamped,
    d.threshold_multiplier,
    d.halo_unclamped,
    d.halo_multiplier,
    coalesce(d.drift_would_write, '{}') as drift_would_write,
    coalesce(d.why_not, 'drift has no lever here') as why_not
from learning.tuning_lessons as t
left join (
    select
        l.lesson_id,
        min(l.raw) filter (where l.direction = 'at_least') as threshold_unclamped,
        min(l.multiplier) filter (where l.direction = 'at_least') as threshold_multiplier,
        min(l.raw) filter (where l.direction = 'at_most') as halo_unclamped,
        min(l.multiplier) filter (where l.direction = 'at_most') as halo_multiplier,
        jsonb_object_agg(l.action_category, l.multiplier) filter (where l.why_not = '')
            as drift_would_write,
        coalesce(string_agg(distinct l.why_not, ', ') filter (where l.why_not <> ''), '') as why_not
    from learning.drift_levers as l
    group by l.lesson_id
) as d using (lesson_id);
comment on view analyst.pressure is
    'One row per tuning lesson: pressure, the multipliers drift makes of it, and what it would '
    'write.';

-- What drift would do with every tuning lesson and lever: the raw multiplier, the clamped one, and
-- why nothing is written where nothing is. Clamped to the lever's own range of the grid (TS at base
-- 0.6: 0.8333 to 1.1667). Patterns with a ladder do not drift.
create or replace view learning.drift_levers as
with levers as (
    select g.pattern_key, g.gate, g.action_category, g.direction, g.ordinal,
        1 + r.lowest / g.base as lowest, 1 + r.highest / g.base as highest
    from learning.gates as g
    cross join lateral (
        -- Beyond the base itself no step matters: a multiplier stays within 0.5 and 2.
        select greatest(min(s.step), -abs(g.base)) as lowest,
            least(max(s.step), abs(g.base)) as highest
        from unnest(g.steps) as s (step)
    ) as r
    where g.adjust = 'multiplier'
        and cardinality(g.steps) > 1
        and not exists (
            select from learning.gates as ladder
            where ladder.pattern_key = g.pattern_key and ladder.direction = 'arms'
        )
),
drifts as (
    select t.lesson_id, t.pattern_key, t.scope_subset, t.depth, t.n, t.is_copy, t.simulated,
        t.n_misses, t.n_fps, t.n_misses - t.n_fps as pressure, t.dr,
        l.gate, l.action_category, l.direction, l.ordinal,
        learning.drift_multiplier(t.n_misses - t.n_fps, l.direction, 0, 'infinity') as raw,
        learning.drift_multiplier(t.n_misses - t.n_fps, l.direction, l.lowest, l.highest)
            as multiplier
    from learning.tuning_lessons as t
    join levers as l using (pattern_key)
)
select d.*,
    case
        when greatest(d.n_misses, d.n_fps) < 3 then 'thin evidence'
        when greatest(d.n_misses, d.n_fps) < 2 * least(d.n_misses, d.n_fps)
            then 'conflicting evidence'
        when d.pressure > 0 and d.dr >= 0.90 then 'never loosened at this dodge rate'
        when abs(d.multiplier - 1) < 0.01 then 'too small'
        else ''
    end as why_not
from drifts as d;
comment on view learning.drift_levers is
    'What drift makes of each tuning lesson and lever; why_not is empty where it would write.';

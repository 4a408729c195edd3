-- Every pattern that has experiments or gates, and what can come of it: without registered gates
-- it is mined and cannot be judged; finished experiments decided before the lookback are kept and
-- not mined (n_beyond_lookback).
create or replace view analyst.patterns as
with counted as (
    select e.pattern_key, count(*) as n_experiments,
        count(*) filter (where e.outcome in ('success', 'failure')) as n_finished,
        count(*) filter (where e.outcome is null) as n_pending,
        count(*) filter (where e.has_samples) as n_sampled,
        count(e.roi) as n_valued
    from learning.pattern_episode_events as e
    group by e.pattern_key
),
experiments as (
    select n.*, d.days as lookback_days, (
            select count(*)
            from learning.pattern_episode_events as e
            where e.pattern_key = n.pattern_key
                and e.outcome in ('success', 'failure')
                and e.decided_at <= (select learning.clock()) - make_interval(days => d.days)
        ) as n_beyond_lookback
    from counted as n
    left join learning.learning_configs as c on c.module_id = 'pm'
    cross join lateral (
        select learning.setting_in(c.config_data, n.pattern_key, 'lookback_days')::integer
    ) as d (days)
),
gates as (
    select g.pattern_key, count(*) as n_gates,
        bool_or(cardinality(g.steps) > 1) as has_levers
    from learning.gates as g
    group by g.pattern_key
),
lessons as (
    select l.pattern_key, count(*) as n_lessons
    from learning.lessons as l
    where l.status = 'active'
    group by l.pattern_key
),
overrides as (
    select o.pattern_key, count(*) as n_overrides
    from learning.pm_overrides as o
    where o.status = 'active'
    group by o.pattern_key
)
select pattern_key,
    coalesce(e.n_experiments, 0) as n_experiments,
    coalesce(e.n_finished, 0) as n_finished,
    coalesce(e.n_pending, 0) as n_pending,
    coalesce(e.n_sampled, 0) as n_sampled,
    coalesce(e.n_valued, 0) as n_valued,
    coalesce(g.n_gates, 0) as n_gates,
    coalesce(l.n_lessons, 0) as n_lessons,
    coalesce(o.n_overrides, 0) as n_overrides,
    case
        when not coalesce(g.has_levers, false)
            then 'mined only: no gates are registered (pm.register_gates)'
        when coalesce(e.n_finished, 0) = 0 then 'waits for experiments'
        when e.n_beyond_lookback = e.n_finished then format(
            'waits for newer experiments: all are older than the lookback of %s days',
            e.lookback_days
        )
        when 2 * e.n_sampled <= e.n_experiments
            then 'judged by drift: most experiments have no samples'
        when 2 * e.n_valued <= e.n_experiments
            then 'judged by counts: most experiments have no virtual result'
        else 'judged'
    end as learning,
    coalesce(e.n_beyond_lookback, 0) as n_beyond_lookback,
    e.lookback_days
from experiments as e
full join gates as g using (pattern_key)
left join lessons as l using (pattern_key)
left join overrides as o using (pattern_key);
comment on view analyst.patterns is
    'Every pattern with its experiments, gates, lessons and overrides, and whether it can be judged; n_beyond_lookback finished ones are older than lookback_days: kept, not mined.';

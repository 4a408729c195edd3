with runs as (
    select r.* from learning.learning_runs as r where r.id > %(run)s
),
mined as (
    select coalesce(sum((p.done ->> 'lessons_changed')::bigint), 0)::bigint as lessons_changed,
        coalesce(sum((p.done ->> 'retired')::bigint), 0)::bigint as lessons_retired
    from runs as r
    cross join lateral jsonb_each(r.detail -> 'patterns') as p (pattern_key, done)
    where r.job = 'quadrant.mine'
),
overrides as (
    select h.change, count(distinct h.override_id) as n
    from learning.pm_overrides_history as h
    where h.id > %(change)s
    group by h.change
)
select
    array(
        select distinct r.job from runs as r where r.status in ('running', 'waiting')
    ) as unfinished,
    array(select distinct r.job from runs as r where r.status = 'failed') as failed,
    (select m.lessons_changed from mined as m) as lessons_changed,
    (select m.lessons_retired from mined as m) as lessons_retired,
    (
        select count(*) from learning.lessons as l where l.status = 'active'
    ) as lessons_active,
    coalesce((select o.n from overrides as o where o.change = 'INSERT'), 0) as overrides_created,
    coalesce((select o.n from overrides as o where o.change = 'UPDATE'), 0) as overrides_changed,
    coalesce((select o.n from overrides as o where o.change = 'DELETE'), 0) as overrides_removed,
    (
        select count(*) from learning.pm_overrides as o where o.status = 'active'
    ) as overrides_in_force,
    (
        select count(*) from learning.pm_overrides as o where o.status = 'proposed'
    ) as overrides_proposed,
    array(
        select format(
            'the %%s experiments of %%s are older than the lookback of %%s days: kept, not mined',
            p.n_finished, p.pattern_key, p.lookback_days
        )
        from analyst.patterns as p
        where p.n_finished > 0 and p.n_beyond_lookback = p.n_finished
        order by p.pattern_key
    ) as too_old

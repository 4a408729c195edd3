create or replace view analyst.health as
with jobs as (
    select s.job,
        case
            when s.cron ~ '^\*/\d+ '
                then make_interval(mins => substring(s.cron, '^\*/(\d+)')::integer)
            when s.cron ~ '^\d+ \* ' then interval '1 hour'
            else interval '1 day'
        end as period,
        l.status, l.started_at, l.detail, d.finished_at as done_at
    from learning.schedule as s
    left join lateral (
        select r.status, r.started_at, r.detail
        from learning.learning_runs as r
        where r.job = s.job
        order by r.id desc
        limit 1
    ) as l on true
    left join lateral (
        select r.finished_at
        from learning.learning_runs as r
        where r.job = s.job and r.status in ('done', 'waiting')
        order by r.id desc
        limit 1
    ) as d on true
    where s.enabled
),
settings as (
    select (
            select make_interval(days => (c.config_data -> 'tuning' -> 'pending_max_days')::integer)
            from learning.learning_configs as c
            where c.module_id = 'pm'
        ) as pending_age,
        (
            select make_interval(mins => (c.config_data -> 'worker_silent_minutes')::integer)
            from learning.learning_configs as c
            where c.module_id = 'operations'
        ) as silence,
        (select learning.clock()) as clock
),
waiting as (
    select count(*) as requests, min(r.created_at) as since
    from learning.simulation_requests as r
    where r.status = 'waiting' or (r.status = 'leased' and r.leased_until < clock_timestamp())
),
checks as (
    select 1 as place, 'job late: ' || j.job as check_name,
        case
            when j.started_at is null then 'warn'
            when clock_timestamp() - j.started_at > 3 * j.period then 'fail'
            when clock_timestamp() - j.started_at > 1.5 * j.period then 'warn'
            else 'ok'
        end as status,
        coalesce('last started ' || date_trunc('second', j.started_at), 'it never ran') as detail,
        'Schedule it: pg_cron.sql, or quadrant serve.' as what_to_do
    from jobs as j
    union all
    select 2, 'job failing: ' || j.job as check_name,
        case when j.status = 'failed' then 'fail' else 'ok' end,
        case when j.status = 'failed' then left(j.detail::text, 200)
            else coalesce(j.status, 'never ran') end,
        'Read the errors: quadrant log --level ERROR.' as what_to_do
    from jobs as j
    union all
    select 3, 'worker silent' as check_name,
        case
            when w.requests = 0 then 'ok'
            when clock_timestamp() - w.since > 4 * s.silence then 'fail'
            when clock_timestamp() - w.since > s.silence then 'warn'
            else 'ok'
        end,
        w.requests || ' simulation requests wait'
            || coalesce(' since ' || date_trunc('second', w.since), ''),
        'Start it: quadrant worker. Until then the previous overrides stay in force.' as what_to_do
    from waiting as w
    cross join settings as s
    union all
    select 3, 'judging unfinished' as check_name,
        case
            when clock_timestamp() - min(r.since) > 4 * s.silence then 'fail'
            when clock_timestamp() - min(r.since) > s.silence then 'warn'
            else 'ok'
        end,
        count(r.run_id) || ' judging runs wait with no simulation left',
        'Start quadrant worker, which finishes them; if it runs: quadrant log --level ERROR.'
            as what_to_do
    from settings as s
    left join learning.stuck_judgings as r on true
    group by s.silence
    union all
    select 4, 'pendings too old' as check_name,
        case when count(e.id) > 0 then 'warn' else 'ok' end,
        count(e.id) || ' windows are pending longer than pending_max_days',
        'call learning.run_aggregator(true) closes them as neutral.' as what_to_do
    from settings as s
    left join learning.pattern_episode_events as e
        on e.outcome is null and e.opened_at < s.clock - s.pending_age
    union all
    select 5, 'rejects in the last day' as check_name,
        case when count(j.id) > 0 then 'warn' else 'ok' end,
        count(j.id) || ' inputs were rejected'
            || coalesce(', most of them: ' || mode() within group (order by j.reason), ''),
        'Read them: select * from learning.episode_rejects.' as what_to_do
    from settings as s
    left join learning.episode_rejects as j on j.rejected_at > s.clock - interval '1 day'
    union all
    select 6, 'overrides stale' as check_name,
        case when count(*) > 0 then 'warn' else 'ok' end,
        count(*) || ' learned overrides in force have no lesson behind them any more',
        'The next judging removes them; if it does not, read quadrant log.' as what_to_do
    from learning.pm_overrides as o
    left join learning.lessons as l on l.id = o.lesson_id and l.status = 'active'
    where o.status = 'active' and not o.is_manual and l.id is null
    union all
    select 7, 'scope keys unmined' as check_name,
        case when count(*) > 0 then 'warn' else 'ok' end,
        coalesce(
            string_agg(k.scope_key, ', ' order by k.scope_key), 'every scope key is registered'
        ),
        'Register them in learning.scope_dimensions, or leave them out of scopes.' as what_to_do
    from analyst.unmined_scope_keys as k
    where not k.is_registered
    union all
    select 8, 'clock' as check_name,
        case when c.set_to is not null then 'warn' else 'ok' end,
        coalesce('set to ' || c.set_to || ': scheduled runs are skipped', 'the server''s'),
        'quadrant clock reset gives it back to the server.' as what_to_do
    from learning.clock_setting as c
    union all
    select 9, 'temporary tables' as check_name,
        case when p.open then 'warn' else 'ok' end,
        case when p.open then 'every login may make some' else 'for those who need them' end,
        'Run quadrant migrate as the owner of the database.' as what_to_do
    from (
        select has_database_privilege('public', current_database(), 'temporary') as open
    ) as p
)
select c.check_name, c.status, c.detail,
    case when c.status = 'ok' then '' else c.what_to_do end as what_to_do
from checks as c
order by c.place, c.check_name;
comment on view analyst.health is
    'Is it alive? One row per check: ok, warn or fail, what was seen, and what to do.';

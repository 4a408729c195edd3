-- Health of the simulation workers: requests that wait while none of them beats, and judging runs
-- that no worker finished before the next one replaced them, since the last that was done.
create or replace view learning.worker_checks as
with waiting as (
    select count(*) as requests, min(r.created_at) as since
    from learning.simulation_requests as r
    where r.status = 'waiting' or (r.status = 'leased' and learning.lease_has_ended(r.leased_until))
),
settings as (
    select make_interval(
            mins => learning.setting_in(c.config_data, null, 'worker_silent_minutes')::integer
        ) as silence
    from (select) as always
    left join learning.learning_configs as c on c.module_id = 'operations'
),
workers as (
    select count(*) filter (
            where w.beat_at between clock_timestamp() - s.silence and clock_timestamp()
        ) as alive,
        (array_agg(
            format('%s: %s, beat %s', w.worker, w.doing, date_trunc('second', w.beat_at))
            order by w.beat_at desc
        ))[1] as newest
    from settings as s
    cross join learning.workers as w
),
superseded as (
    select count(*) as runs
    from learning.learning_runs as r
    where r.job = 'quadrant.judge'
        and r.detail ? 'superseded_by'
        and r.id > coalesce((
            select max(d.id)
            from learning.learning_runs as d
            where d.job = 'quadrant.judge' and d.status = 'done'
        ), 0)
)
select 20 as place, 'worker silent' as check_name,
    case
        when q.requests = 0 or w.alive > 0 then 'ok'
        when clock_timestamp() - q.since > 4 * s.silence then 'fail'
        when clock_timestamp() - q.since > s.silence then 'warn'
        else 'ok'
    end as status,
    format('%s simulation requests wait', q.requests)
        || coalesce(' since ' || date_trunc('second', q.since), '')
        || format(', %s workers beat', w.alive)
        || coalesce(' (' || w.newest || ')', '') as detail,
    'Start it: quadrant worker. Until then the previous overrides stay in force.' as what_to_do
from waiting as q
cross join workers as w
cross join settings as s
union all
select 21, 'judging superseded',
    case when p.runs >= 6 then 'fail' when p.runs >= 2 then 'warn' else 'ok' end,
    p.runs || ' judging runs were replaced before a worker finished them',
    'Start a worker, or more of them: quadrant worker. Or judge less often: learning.schedule.'
from superseded as p
union all
select 22, 'judging unfinished',
    case
        when clock_timestamp() - min(r.since) > 4 * s.silence then 'fail'
        when clock_timestamp() - min(r.since) > s.silence then 'warn'
        else 'ok'
    end,
    count(r.run_id) || ' judging runs wait with no simulation left',
    'Start quadrant worker, which finishes them; if it runs: quadrant log --level error.'
from settings as s
left join learning.stuck_judgings as r on true
group by s.silence;
comment on view learning.worker_checks is
    'Rows of analyst.health: simulations no living worker takes, judging that never comes to an end.';

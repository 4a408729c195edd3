-- Health of the schedule. late: judged by the start of the last run that was done; one due time may
-- be missed by five minutes (or by a run in progress), of three none may. failing: the last run.
-- scheduler: who runs the jobs; pg_cron and quadrant serve never run the same one. The database of
-- a replay needs neither: its runs are skipped, the replay learns by itself.
create or replace view learning.job_checks as
with jobs as (
    select s.job, s.runner, l.status, l.started_at, l.detail,
        coalesce(d.started_at, f.started_at) as since, d.started_at is not null as was_done,
        due.last as due, due.last_but_two
    from learning.job_runners as s
    left join lateral (
        select r.status, r.started_at, r.detail
        from learning.learning_runs as r
        where r.job = s.job
        order by r.id desc
        limit 1
    ) as l on true
    left join lateral (
        select r.started_at
        from learning.learning_runs as r
        where r.job = s.job and r.status = 'done'
        order by r.id desc
        limit 1
    ) as d on true
    left join lateral (
        select r.started_at
        from learning.learning_runs as r
        where r.job = s.job
        order by r.id
        limit 1
    ) as f on true
    cross join lateral (
        select learning.cron_previous(s.cron, clock_timestamp() - interval '5 minutes') as last
    ) as one
    cross join lateral (
        select learning.cron_previous(s.cron, one.last - interval '1 microsecond') as before
    ) as two
    cross join lateral (
        select one.last,
            learning.cron_previous(s.cron, two.before - interval '1 microsecond') as last_but_two
    ) as due
    where s.enabled
        and not exists (select from learning.world as w where w.kind = 'replay')
)
select 10 as place, 'job late: ' || j.job as check_name,
    case
        when j.since is null then 'warn'
        when j.since < j.last_but_two then 'fail'
        when j.since < j.due and not (
            j.status in ('running', 'waiting') and j.started_at >= j.due
        ) then 'warn'
        else 'ok'
    end as status,
    case
        when j.since is null then 'it never ran'
        when j.was_done then 'last done of ' || date_trunc('second', j.since)
        else 'never done, tried since ' || date_trunc('second', j.since)
    end || coalesce(', due at ' || j.due, '') as detail,
    case j.runner
        when 'pg_cron' then 'pg_cron should run it: select * from cron.job_run_details tells how '
            'that ended. If it has it no more: pg_cron.sql again.'
        else 'Start quadrant serve, or give it to pg_cron: pg_cron.sql.'
    end || ' What its runs came to: select * from analyst.runs.' as what_to_do
from jobs as j
union all
select 11, 'job failing: ' || j.job,
    case when j.status = 'failed' then 'fail' else 'ok' end,
    case when j.status = 'failed' then left(j.detail::text, 200)
        else coalesce(j.status, 'never ran') end,
    'Read the errors: quadrant log --level error.'
from jobs as j
union all
select 9, 'scheduler',
    case when j.served > 0 and w.newest is null and not r.is_replay then 'warn' else 'ok' end,
    case when r.is_replay then 'none: this is the database of a replay, which learns by itself'
        else format(
            'jobs run by pg_cron: %s, by quadrant serve: %s', j.jobs - j.served, j.served
        )
    end || case
            when r.is_replay then ''
            when w.newest is not null then format(' (%s)', w.newest)
            when j.served > 0 then ' (not running)'
            else ''
        end,
    'Start quadrant serve, or give the jobs to pg_cron: pg_cron.sql.'
from (
    select count(*) as jobs, count(*) filter (where r.runner = 'quadrant serve') as served
    from learning.job_runners as r
    where r.enabled
) as j
cross join (
    select exists (select from learning.world as w where w.kind = 'replay') as is_replay
) as r
cross join (
    select max(format('%s, beat %s', w.worker, date_trunc('second', w.beat_at))) as newest
    from learning.workers as w
    where w.runs_jobs
        and w.beat_at <= clock_timestamp()  -- a clock that went back leaves later ones
        and w.beat_at > clock_timestamp() - make_interval(mins => (
            select learning.setting_in(c.config_data, null, 'worker_silent_minutes')::integer
            from (select) as always
            left join learning.learning_configs as c on c.module_id = 'operations'
        ))
) as w;
comment on view learning.job_checks is
    'Rows of analyst.health: who runs the jobs, and which are late or fail.';

-- Health of the schedule: per enabled job whether it is late and whether its last run failed.
create or replace view learning.job_checks as
with jobs as (
    select s.job,
        case
            when s.cron ~ '^\*/\d+ '
                then make_interval(mins => substring(s.cron, '^\*/(\d+)')::integer)
            when s.cron ~ '^\d+ \* ' then interval '1 hour'
            else interval '1 day'
        end as period,
        l.status, l.started_at, l.detail
    from learning.schedule as s
    left join lateral (
        select r.status, r.started_at, r.detail
        from learning.learning_runs as r
        where r.job = s.job
        order by r.id desc
        limit 1
    ) as l on true
    where s.enabled
)
select 10 as place, 'job late: ' || j.job as check_name,
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
select 11, 'job failing: ' || j.job,
    case when j.status = 'failed' then 'fail' else 'ok' end,
    case when j.status = 'failed' then left(j.detail::text, 200)
        else coalesce(j.status, 'never ran') end,
    'Read the errors: quadrant log --level ERROR.'
from jobs as j;
comment on view learning.job_checks is
    'Rows of analyst.health: jobs that are late or fail.';

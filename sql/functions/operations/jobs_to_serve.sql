-- The jobs that quadrant serve runs: enabled ones that pg_cron does not have, with their schedule
-- read. missed: the last time one was due (half a minute ago at least) since when no run began that
-- came to an end or is in progress; null where there is none. Who never ran counts from p_since.
create or replace function learning.jobs_to_serve(p_since timestamptz)
returns table (
    job text, command text, seconds integer, minutes integer[], hours integer[], days integer[],
    months integer[], weekdays integer[], both_days boolean, missed timestamptz
)
language sql volatile
set search_path = pg_catalog, pg_temp
as $$
    select j.job, j.command, c.seconds, c.minutes, c.hours, c.days, c.months, c.weekdays,
        c.both_days, case when d.due > coalesce(l.started_at, p_since) then d.due end
    from learning.job_runners as j
    cross join lateral learning.cron(j.cron) as c
    cross join lateral (
        select learning.cron_previous(j.cron, clock_timestamp() - interval '30 seconds') as due
    ) as d
    left join lateral (
        select r.started_at
        from learning.learning_runs as r
        where r.job = j.job
            and (
                r.status <> 'running'
                or exists (
                    select from learning.job_leases as h
                    where h.run_id = r.id and learning.lease_is_held(h)
                )
            )
        order by r.id desc
        limit 1
    ) as l on true
    where j.enabled and j.runner = 'quadrant serve'
    order by j.job
$$;
comment on function learning.jobs_to_serve(timestamptz) is
    'The jobs of quadrant serve with their schedules read, and when one was missed.';

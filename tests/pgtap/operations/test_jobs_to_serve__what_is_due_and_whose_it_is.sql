begin;
select plan(15);

create function pg_temp.missed(p_job text) returns timestamptz language sql as $$
    select s.missed from learning.jobs_to_serve('2000-01-01') as s where s.job = p_job
$$;
update learning.schedule set cron = '* * * * *';
select results_eq(
    'select s.job, s.command from learning.jobs_to_serve(now()) as s',
    'select s.job, s.command from learning.schedule as s where s.enabled order by s.job',
    'all enabled jobs, with their commands'
);
select is_empty(
    'select from learning.jobs_to_serve(now()) as s where s.missed is not null',
    'what never ran has missed nothing yet'
);
select is(
    pg_temp.missed('quadrant.mine'), date_trunc('minute', clock_timestamp() - interval '30 seconds'),
    'but a due time since the beginning'
);
select is(
    (select row(s.minutes[1:2], s.hours[24], s.both_days)::text
    from learning.jobs_to_serve(now()) as s where s.job = 'quadrant.mine'),
    '("{0,1}",23,t)', 'with the schedule read'
);
update learning.schedule set cron = '7 seconds' where job = 'quadrant.mine';
select is(
    (select s.seconds from learning.jobs_to_serve(now()) as s where s.job = 'quadrant.mine'), 7,
    'seconds too'
);
update learning.schedule set cron = '* * * * *' where job = 'quadrant.mine';

insert into learning.learning_runs (job, status, started_at, finished_at)
values ('quadrant.mine', 'done', now() - interval '3 minutes', now());
select isnt(pg_temp.missed('quadrant.mine'), null, 'a run of before is none of that time');
insert into learning.learning_runs (job, status, started_at) values ('quadrant.mine', 'running', now());
select isnt(pg_temp.missed('quadrant.mine'), null, 'a run whose session is gone did not do it');
update learning.job_leases as l
set run_id = r.id, pid = pg_backend_pid() + 100000000, session_key = 1
from learning.learning_runs as r where r.status = 'running' and l.job = r.job;
select isnt(pg_temp.missed('quadrant.mine'), null, 'also where it left its lease');
update learning.learning_runs set status = 'failed', finished_at = now() where status = 'running';
select is(pg_temp.missed('quadrant.mine'), null, 'one that failed did: the next is at its time');

update learning.schedule set by_pg_cron = true where job = 'quadrant.judge';
select is(
    (select r.runner from learning.job_runners as r where r.job = 'quadrant.judge'),
    'quadrant serve', 'pg_cron''s, but there is no pg_cron here'
);
select is(
    (select h.detail from analyst.health as h where h.check_name = 'scheduler'),
    'jobs run by pg_cron: 0, by quadrant serve: 4 (not running)', 'nobody serves'
);
do $$begin perform learning.beat('w', 'waiting', '1'); end$$;
select is(
    (select h.status from analyst.health as h where h.check_name = 'scheduler'), 'warn',
    'a worker alone is no help'
);
do $$begin perform learning.beat('w', 'waiting', '1', true); end$$;
select is(
    (select h.status from analyst.health as h where h.check_name = 'scheduler'), 'ok',
    'quadrant serve is'
);
update learning.workers set beat_at = beat_at - interval '16 minutes';
select is(
    (select h.status from analyst.health as h where h.check_name = 'scheduler'), 'warn',
    'but not when it has been silent'
);
update learning.schedule set enabled = false;
select is_empty('select * from learning.jobs_to_serve(now())', 'what is disabled is nobody''s');

select * from finish();
rollback;

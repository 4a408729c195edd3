begin;
select plan(4);

insert into learning.learning_runs (job, status, started_at, finished_at)
values
    ('old', 'done', now() - interval '500 days', now() - interval '500 days'),
    ('old with a lesson', 'done', now() - interval '500 days', now() - interval '500 days'),
    ('young', 'done', now(), now());
insert into learning.lessons (module, lesson_type, pattern_key, n, run_id)
select 'pm', 'tuning_rates', 'pm.uptrend.S1.entry', 40, r.id
from learning.learning_runs as r where r.job = 'old with a lesson';
insert into learning.learning_log (level, event, logged_at)
values ('INFO', 'old', now() - interval '91 days'), ('INFO', 'young', now());

select is((learning.apply_retention() ->> 'runs')::integer, 1, 'old runs go');
select results_eq(
    'select job from learning.learning_runs order by 1', $$values ('old with a lesson'), ('young')$$,
    'but not one a lesson refers to'
);
select results_eq('select event from learning.learning_log', $$values ('young')$$, 'old log lines go');
select is((learning.apply_retention() - 'cron'),
    '{"log": 0, "requests": 0, "runs": 0, "rejects": 0}'::jsonb, 'then there is nothing left to do');

select * from finish();
rollback;

begin;
select plan(5);

create function pg_temp.health() returns text language sql as $$
    select h.status || ': ' || h.detail from analyst.health as h
    where h.check_name = 'judging unfinished'
$$;
insert into learning.lessons (id, module, lesson_type, pattern_key, n) overriding system value
values (1, 'pm', 'tuning_rates', 'pm.uptrend.S1.entry', 40);
insert into learning.learning_runs (id, job, status, started_at, finished_at)
overriding system value
values (1, 'quadrant.judge', 'waiting', now() - interval '9 hours', null),
    (2, 'quadrant.judge', 'done', now() - interval '9 hours', now()),
    (3, 'quadrant.judge', 'running', now() - interval '9 hours', null);
insert into learning.looks (id, run_id, pattern_key, profile, look_day) overriding system value
values (1, 1, 'pm.uptrend.S1.entry', 'evidence', '2026-01-01');
insert into learning.simulation_requests (run_id, look_id, lesson_id)
values (1, 1, 1);
select is_empty('select * from learning.stuck_judgings', 'a run with an open request only waits');

update learning.simulation_requests
set status = 'failed', finished_at = now() - interval '2 hours';
select results_eq(
    'select s.run_id, s.since from learning.stuck_judgings as s',
    $$values (1::bigint, now() - interval '2 hours')$$, 'since its last request was closed'
);
select is(
    pg_temp.health(), 'fail: 1 judging runs wait with no simulation left', 'health says so'
);
select is(learning.fail_judging(1, '{"message": "no luck"}'), true, 'a worker may give it up');
select is(
    pg_temp.health(), 'ok: 0 judging runs wait with no simulation left', 'then it waits no more'
);

select * from finish();
rollback;

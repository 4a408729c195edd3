begin;
select plan(9);

create function pg_temp.status(p_check text) returns text language sql as $$
    select h.status from analyst.health as h where h.check_name = p_check
$$;
select is_empty(
    $$select * from analyst.health where status not in ('ok', 'warn', 'fail')$$, 'ok, warn or fail'
);
select is(pg_temp.status('clock'), 'ok', 'the clock runs');
do $$begin perform tests.clock_at('2026-01-15'); end$$;
select is(pg_temp.status('clock'), 'warn', 'a set clock is said');

insert into learning.learning_runs (job, status, started_at, finished_at)
values ('quadrant.mine', 'failed', now() - interval '4 hours', now() - interval '4 hours');
select is(pg_temp.status('job late: quadrant.mine'), 'fail', 'an hourly job that ran 4 hours ago is late');
select is(pg_temp.status('job failing: quadrant.mine'), 'fail', 'and it failed');

insert into learning.lessons (module, lesson_type, pattern_key, n)
values ('pm', 'tuning_rates', 'pm.uptrend.S1.entry', 40);
insert into learning.simulation_requests (run_id, lesson_id, as_of, created_at)
select r.id, l.id, now(), now() - interval '2 hours' from learning.learning_runs as r, learning.lessons as l;
select is(pg_temp.status('worker silent'), 'fail', 'requests that wait for two hours');

insert into learning.pattern_episode_events (pattern_key, scope, opened_at)
values ('pm.uptrend.S1.entry', '{"moon": "full"}', '2025-01-01');
select is(pg_temp.status('pendings too old'), 'warn', 'a window pending for a year');
select is(pg_temp.status('scope keys unmined'), 'warn', 'a scope key nobody registered');
insert into learning.pm_overrides (pattern_key, action_category, method)
values ('pm.uptrend.S1.entry', 'tuning_halo', 'simulation');
select is(pg_temp.status('overrides stale'), 'warn', 'a learned override without its lesson');

select * from finish();
rollback;

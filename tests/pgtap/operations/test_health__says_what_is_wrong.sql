begin;
select plan(30);

create function pg_temp.status(p_check text) returns text language sql as $$
    select h.status from analyst.health as h where h.check_name = p_check
$$;
select is_empty(
    $$select * from analyst.health where status not in ('ok', 'warn', 'fail')$$, 'ok, warn or fail'
);
select is(pg_temp.status('clock'), 'ok', 'the clock runs');
do $$begin perform tests.clock_at('2026-01-15'); end$$;
select is(pg_temp.status('clock'), 'warn', 'a set clock is said');

-- A feed that began to be silent, an hour bar's ends later.
select is_empty($$select * from analyst.health where check_name like 'feed silent%'$$, 'no feed yet');
do $$begin perform learning.reset_clock(); end$$;
with position as (
    insert into learning.lowcap_positions (token_contract, token_chain, symbol, timeframe)
    values ('t', 'c', 's', '1h')
    returning position_id
)
insert into learning.tick_states (position_id, feed, last_bar_ts)
select p.position_id, 'bot', now() - interval '3 hours' from position as p;
select is(pg_temp.status('feed silent: bot 1h'), 'ok', 'two hours since the end of the newest hour bar');
update learning.tick_states set last_bar_ts = now() - interval '6 hours';
select is(pg_temp.status('feed silent: bot 1h'), 'warn', 'five hours');
insert into learning.feed_watermarks (feed, timeframe, last_bar_ts)
values ('bot', '1h', now() - interval '1 hour');
select is(pg_temp.status('feed silent: bot 1h'), 'ok', 'but its quiet positions are further');
update learning.feed_watermarks set last_bar_ts = now() - interval '14 hours';
update learning.tick_states set last_bar_ts = now() - interval '14 hours';
select is(pg_temp.status('feed silent: bot 1h'), 'fail', 'thirteen hours');
update learning.lowcap_positions set status = 'archived';
select is(pg_temp.status('feed silent: bot 1h'), null, 'a feed whose positions are archived has ended');
update learning.lowcap_positions set status = 'watchlist';
do $$begin perform tests.clock_at('2026-01-15'); end$$;
select is(pg_temp.status('feed silent: bot 1h'), null, 'a clock that is set tells nothing of a feed');
do $$begin perform learning.reset_clock(); end$$;
update learning.tick_states set feed = 'replay:bot';
select is_empty($$select * from analyst.health where check_name like 'feed silent%'$$, 'a replay is no bot');
do $$begin perform tests.clock_at('2026-01-15'); end$$;

select is(pg_temp.status('job late: quadrant.mine'), 'warn', 'a job that never ran');
insert into learning.learning_runs (job, status, started_at, finished_at)
values ('quadrant.mine', 'done', now() - interval '4 hours', now() - interval '4 hours'),
    ('quadrant.mine', 'failed', now(), now());
select is(pg_temp.status('job late: quadrant.mine'), 'fail', 'an hourly job that was done 4 hours ago is late, whatever was tried since');
select is(pg_temp.status('job failing: quadrant.mine'), 'fail', 'and it failed');
update learning.schedule set cron = to_char(now() at time zone 'UTC', 'MI HH24 * * *') where job = 'quadrant.mine';
update learning.learning_runs set started_at = now() - interval '23 hours' where status = 'done';
select is(pg_temp.status('job late: quadrant.mine'), 'ok', 'a daily one that was done yesterday is not');
update learning.schedule set cron = '* * * * *' where job = 'quadrant.mine';
select is(pg_temp.status('job late: quadrant.mine'), 'fail', 'one of every minute is');
update learning.learning_runs set started_at = now() - interval '6 minutes 30 seconds' where status = 'done';
select is(pg_temp.status('job late: quadrant.mine'), 'warn', 'less so after six minutes');
update learning.learning_runs set status = 'running', finished_at = null where status = 'failed';
select is(pg_temp.status('job late: quadrant.mine'), 'ok', 'and not while it runs');

insert into learning.learning_runs (job, status, finished_at)
select 'quadrant.judge', 'waiting', null from generate_series(1, 3);
do $$begin perform learning.supersede_judging(max(r.id)) from learning.learning_runs as r; end$$;
select is(pg_temp.status('judging superseded'), 'warn', 'two judging runs replaced by the next');
update learning.learning_runs set status = 'done', finished_at = now() where status = 'waiting';
select is(pg_temp.status('judging superseded'), 'ok', 'and one that was done');

insert into learning.lessons (module, lesson_type, pattern_key, n)
values ('pm', 'tuning_rates', 'pm.uptrend.S1.entry', 40);
insert into learning.looks (run_id, pattern_key, profile, look_day)
select r.id, 'pm.uptrend.S1.entry', 'evidence', '2026-01-01' from learning.learning_runs as r;
insert into learning.simulation_requests (run_id, look_id, lesson_id, created_at)
select k.run_id, k.id, l.id, now() - interval '2 hours' from learning.looks as k, learning.lessons as l;
select is(pg_temp.status('worker silent'), 'fail', 'requests that wait for two hours');
do $$begin perform learning.beat('w', 'idle', '1'); end$$;
select is(pg_temp.status('worker silent'), 'ok', 'but there is a worker');
update learning.workers set beat_at = beat_at - interval '16 minutes';
select is(pg_temp.status('worker silent'), 'fail', 'that died');
update learning.workers set beat_at = clock_timestamp() + interval '3 days', runs_jobs = true;
select is(
    pg_temp.status('worker silent'), 'fail', 'or died before the clock went back: nobody beats ahead'
);
select is(pg_temp.status('scheduler'), 'warn', 'nor runs jobs');
do $$begin perform learning.beat('other', 'waiting', '1'); end$$;
select results_eq(
    'select w.worker from learning.workers as w', $$values ('other')$$,
    'who beats forgets such a one; who lives beats again'
);
do $$begin perform learning.beat('other', null, '1'), learning.beat('w', 'idle', '1'); end$$;
do $$begin perform learning.beat('w', 'simulating', '1'); end$$;
do $$begin perform learning.beat('w', null, '1'); end$$;
select is_empty('select * from learning.workers', 'a worker that leaves says so');

insert into learning.pattern_episode_events (pattern_key, scope, opened_at)
values ('pm.uptrend.S1.entry', '{"moon": "full"}', '2025-01-01');
select is(pg_temp.status('pendings too old'), 'warn', 'a window pending for a year');
select is(pg_temp.status('scope keys unmined'), 'warn', 'a scope key nobody registered');
insert into learning.pm_overrides (pattern_key, action_category, method)
values ('pm.uptrend.S1.entry', 'tuning_halo', 'simulation');
select is(pg_temp.status('overrides stale'), 'warn', 'a learned override without its lesson');

select * from finish();
rollback;

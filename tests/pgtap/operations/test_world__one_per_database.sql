begin;
select plan(12);

create temporary table episode as
select '{"pattern_key": "pm.uptrend.S1.entry", "episode_id": "e1", "decision": "skipped",
    "timestamp": "2026-01-05T00:37:00+00:00"}'::jsonb as item;
create temporary table position_of as
select '[{"token_contract": "X", "token_chain": "test", "symbol": "X", "timeframe": "15m"}]'::jsonb
    as item;

savepoint unused;
do $$begin perform pm.record_episode(item) from episode; end$$;
select is((select kind from analyst.world), 'live', 'a record makes a database live');
select throws_ok(
    $$select learning.enter_replay('replay:a', '/bars', 'test')$$, 'QD193',
    null, 'which no replay enters'
);
rollback to unused;
do $$begin perform pm.enroll_positions('bot', item) from position_of; end$$;
select is((select kind from analyst.world), 'live', 'so does a bot''s ticker');
rollback to unused;
do $$begin perform learning.store_trades('{}'); end$$;
select is((select kind from analyst.world), 'live', 'so does an import');
rollback to unused;

do $$begin perform learning.enter_replay('replay:a', '/bars', 'test'); end$$;
select lives_ok(
    $$select learning.enter_replay('replay:a', '/moved', 'test')$$, 'the same replay comes again'
);
select throws_ok(
    $$select learning.enter_replay('replay:b', '/others', 'test')$$, 'QD193',
    null, 'another market''s replay does not enter'
);
select lives_ok(
    $$select * from position_of, pm.enroll_positions('replay:a', item)$$,
    'the replay''s own feed ticks'
);
select throws_ok(
    $$select * from position_of, pm.enroll_positions('bot', item)$$, 'QD194', null, 'a bot''s does not'
);
select throws_ok(
    $$select pm.record_episode(item) from episode$$, 'QD194', null, 'nor are experiments recorded'
);
select throws_ok(
    $$select pm.record_closed_trade('{}')$$, 'QD194', null, 'nor closed trades'
);

insert into learning.feed_watermarks (feed, timeframe, last_bar_ts)
values ('replay:a', '15m', '2024-02-01 09:00+00'), ('replay:a', '4h', '2024-02-01 04:00+00'),
    ('replay:a', 'learn', '2024-02-01 09:10+00'), ('bot', '4h', '2025-02-01 09:00+00');
select is(
    (select replayed_to from analyst.world), '2024-02-01 09:15+00'::timestamptz,
    'the world says what its replay has reached'
);
select is(
    (select detail ->> 'skipped' from learning.begin_run('quadrant.mine', p_by_hand => true)),
    'the database holds a replay',
    'and nothing is learned there by the server''s clock, which would age all of it out'
);

select * from finish();
rollback;

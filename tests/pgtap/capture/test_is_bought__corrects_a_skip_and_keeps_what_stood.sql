begin;
select plan(9);

create function pg_temp.told(p_change jsonb) returns text language sql as $$
    select r.written from pm.record_episode('{"pattern_key": "pm.breakout.range.entry",
        "window_id": "w1", "decision": "skipped", "decided_at": "2026-01-05T01:00:00+00:00",
        "blocked_by": ["surge"], "factors": {"surge": 1.7, "note": 1}}'::jsonb || p_change) as r
$$;
create function pg_temp.stored() returns learning.pattern_episode_events language sql as $$
    select e from learning.pattern_episode_events as e where e.window_id = 'w1'
$$;

select is(pg_temp.told('{}'), 'new', 'a skip');
select pg_temp.told('{"decision": "acted", "blocked_by": []}');
select is((pg_temp.stored()).decision, 'skipped', 'a word alone corrects nothing');
delete from learning.mining_dirty;
select is(
    pg_temp.told('{"decision": "acted", "decided_at": "2026-01-05T02:00:00+00:00",
        "blocked_by": [], "trade_id": "t1", "factors": {"surge": 2.1}}'),
    'completed', 'with its trade it was bought'
);
select is(
    to_jsonb(pg_temp.stored()) - array(
        select k from jsonb_object_keys(to_jsonb(pg_temp.stored())) as k
        where k not in ('decision', 'blocked_by', 'trade_id', 'factors')
    ),
    '{"decision": "acted", "blocked_by": [], "trade_id": "t1",
        "factors": {"surge": 2.1, "note": 1}}', 'and the row says so'
);
select is((pg_temp.stored()).decided_at, '2026-01-05 02:00+00', 'with the time of the purchase');
select is((select count(*) from learning.mining_dirty), 1::bigint, 'it is mined anew');
select results_eq(
    $$select window_id, was, was_at, was_blocked_by, is_now, trade_id from analyst.corrections$$,
    $$values ('w1', 'skipped', '2026-01-05 01:00+00'::timestamptz, '{surge}'::text[], 'acted',
        't1')$$, 'what stood is kept'
);
select is(
    pg_temp.told('{"decision": "acted", "trade_id": "t2", "blocked_by": []}')
        || pg_temp.told('{}') || (pg_temp.stored()).decision,
    'already therealready thereacted', 'and that stays'
);
select is((select count(*) from learning.corrected_decisions), 1::bigint, 'told once');

select * from finish();
rollback;

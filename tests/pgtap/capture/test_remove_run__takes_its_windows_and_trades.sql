begin;
select plan(17);

create function pg_temp.window_of(p_run text, p_change jsonb default '{}')
returns table (window_id text, written text) language sql as $$
    select r.window_id, r.written
    from pm.record_episode(jsonb_build_object('run', p_run) || '{"pattern_key": "pm.dip.entry",
        "window_id": "BTC:1", "decision": "acted", "decided_at": "2026-01-05T01:00:00+00:00",
        "trade_id": "1", "outcome": "success", "outcome_at": "2026-01-06", "roi": 0.05}'::jsonb
        || p_change) as r
$$;
create function pg_temp.trade(p_change jsonb) returns jsonb language sql as $$
    select pm.record_closed_trade('{"trade_id": "1", "timeframe": "5m", "roi": 0.05,
        "closed_at": "2026-01-06T00:00:00+00:00", "pattern_key": "pm.dip.entry",
        "allocate": false}'::jsonb || p_change)
$$;

select results_eq(
    $$select * from pg_temp.window_of('dip/1') union all select * from pg_temp.window_of('dip/2')
    union all select * from pg_temp.window_of(null)$$,
    $$values ('dip/1:BTC:1', 'new'), ('dip/2:BTC:1', 'new'), ('BTC:1', 'new')$$,
    'a natural id names a window within its run'
);
select results_eq(
    $$select * from pg_temp.window_of('dip/1', '{"window_id": "dip/1:BTC:1"}')$$,
    $$values ('dip/1:BTC:1', 'already there')$$, 'whose full name says the same'
);
select results_eq(
    $$select run, episode_id, attempt_id, trade_id from learning.pattern_episode_events
    where window_id = 'dip/1:BTC:1'$$,
    $$values ('dip/1', 'dip/1:BTC:1', 'dip/1:BTC:1', 'dip/1:1')$$, 'so do its other names'
);
select is(
    pg_temp.trade('{"run": "dip/1"}'),
    '{"trade_id": "dip/1:1", "timeframe": "5m", "roi": 0.05, "positions": 0, "trade_events": 2,
        "closed_at": "2026-01-06T00:00:00+00:00", "reason": "this trade moves no capital"}',
    'a trade of any timeframe of an own pattern'
);
select is(pg_temp.trade('{"run": "dip/1"}'), null, 'once');
select is(pg_temp.trade('{"run": "dip/1", "timeframe": "1h"}'), null, 'however it is told');
select is(
    pg_temp.trade('{"run": "dip/1", "timeframe": "1h", "allocate": true}'), null,
    'nor does it move capital later'
);
select is(
    pg_temp.trade('{"run": "dip/2", "timeframe": "1h"}') ->> 'reason',
    'this trade moves no capital', 'of a backtest'
);
select is(
    pg_temp.trade('{"timeframe": "5m", "allocate": true}') ->> 'reason',
    'this trade moves no capital', 'a timeframe without capital moves none'
);
select is((select count(*) from learning.allocation_history), 0::bigint, 'none has moved any');
select isnt(
    pg_temp.trade('{"run": "live", "timeframe": "1h", "allocate": true}') -> 'after', null,
    'a real one does'
);
select is(
    array[
        tests.sqlstate_as('quadrant_pm', $$select pm.record_closed_trade('{"trade_id": "x",
            "timeframe": "5m", "roi": 0, "closed_at": "2026-01-06"}')$$),
        tests.sqlstate_as('quadrant_pm', $$select pm.record_closed_trade('{"trade_id": "x",
            "timeframe": "5m", "roi": 0, "closed_at": "2026-01-06",
            "pattern_key": "pm.uptrend.S1.entry"}')$$),
        tests.sqlstate_as('quadrant_pm', $$select pm.record_closed_trade('{"trade_id": "x",
            "timeframe": "1h", "roi": 0, "closed_at": "2026-01-06", "allocate": "no"}')$$)
    ],
    '{QD007,QD007,QD014}', 'the uptrend has its timeframes'
);
select results_eq(
    $$select run, pattern_key, windows, acted, pending, acted_roi, trades, trade_roi
    from analyst.recorded_runs order by run$$,
    $$values ('dip/1', 'pm.dip.entry', 1::bigint, 1::bigint, 0::bigint, 0.05::float8, 1::bigint,
            0.05::float8),
        ('dip/2', 'pm.dip.entry', 1, 1, 0, 0.05, 1, 0.05),
        ('live', 'pm.dip.entry', 0, 0, 0, null, 1, 0.05)$$, 'runs can be compared'
);
delete from learning.mining_dirty;
delete from learning.trades_dirty;
select is(
    learning.remove_run('dip/1') || learning.remove_run('live'),
    '{"windows": 0, "trades": 1, "moved_capital": 1}', 'and removed'
);
select results_eq(
    $$select (select array_agg(e.window_id order by e.id desc) from learning.pattern_episode_events as e),
        (select array_agg(distinct t.trade_id order by t.trade_id)
        from learning.pattern_trade_events as t),
        (select array_agg(run order by run) from analyst.recorded_runs),
        (select count(*) from learning.mining_dirty), (select count(*) from learning.trades_dirty)$$,
    $$values ('{BTC:1,dip/2:BTC:1}'::text[], '{1,dip/2:1}'::text[], '{dip/2}'::text[], 1::bigint,
        2::bigint)$$, 'with nothing else, and what is mined follows'
);
select throws_ok(
    $$select learning.remove_run('dip/1')$$, 'QD049', null, 'what is gone cannot be removed'
);
select isnt(pg_temp.trade('{"run": "dip/1"}'), null, 'but recorded again');

select * from finish();
rollback;

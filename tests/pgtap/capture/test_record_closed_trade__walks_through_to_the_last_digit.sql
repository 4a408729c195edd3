begin;
select plan(17);
do $$ begin perform tests.clock_at('2026-01-10 00:00+00'); end $$;

create function pg_temp.shares() returns jsonb language sql as $$
    select jsonb_object_agg(s.timeframe, s.share) from pm.allocation_split() as s
$$;
create function pg_temp.trade(p_id text, p_timeframe text, p_roi numeric) returns jsonb language sql as $$
    select learning.record_closed_trade(jsonb_build_object(
        'trade_id', p_id, 'timeframe', p_timeframe, 'roi', p_roi,
        'closed_at', '2026-01-05 00:00+00'::timestamptz + make_interval(hours => substr(p_id, 2)::integer)
    ))
$$;

select is(pg_temp.shares(), '{"15m": 0.15, "1h": 0.5, "4h": 0.35}', 'the start');
select is(
    pg_temp.trade('t1', '15m', 0.05) - '{id,stepped_at,closed_at}'::text[],
    '{"trade_id": "t1", "timeframe": "15m", "roi": 0.05, "before": {"15m": 0.15, "1h": 0.5, "4h": 0.35},
        "desired": null, "change": null, "after": {"15m": 0.15, "1h": 0.5, "4h": 0.35},
        "reason": "only one timeframe has trades", "trade_events": 0, "positions": 0}',
    'the first trade changes nothing'
);
select is(pg_temp.shares(), '{"15m": 0.15, "1h": 0.5, "4h": 0.35}', 'nothing at all');
select results_eq(
    'select level, event, data ->> $$reason$$, data ->> $$trade_id$$ from learning.learning_log',
    $$values ('INFO', 'Allocation kept', 'only one timeframe has trades', 't1')$$,
    'and the log says why'
);
select is(
    pg_temp.trade('t2', '1h', -0.02) -> 'desired', '{"15m": 0.6, "1h": 0.05}',
    'the loser is wanted at the floor'
);
select is(pg_temp.shares(), '{"15m": 0.1506, "1h": 0.4994, "4h": 0.35}', 'a fifth of the largest step');
select is(
    (
        select jsonb_build_object(
            'roi_short', l.data -> 'roi_short', 'n', l.data -> 'n', 'before', l.data #> '{before,1h}',
            'after', l.data #> '{after,1h}', 'trade_id', l.data -> 'trade_id'
        )
        from learning.learning_log as l where l.event = 'Allocation updated'
    ),
    '{"roi_short": {"15m": 0.05, "1h": -0.02, "4h": null}, "n": {"15m": 1, "1h": 1, "4h": 0},
        "before": 0.5, "after": 0.4994, "trade_id": "t2"}',
    'the log tells old, new, what moved it and by which averages'
);
select is(
    pg_temp.trade('t3', '4h', 0.03) -> 'change', '{"15m": 0.0003, "1h": -0.0006, "4h": 0.0003}',
    'two gain what the one loses'
);
select is(pg_temp.shares(), '{"15m": 0.1509, "1h": 0.4988, "4h": 0.3503}', 'and so they stand');
select is(
    (select config_data from learning.learning_configs where module_id = 'decision_maker'),
    '{"timeframe_allocation": {
        "15m": {"current_allocation": 0.1509, "roi_short": 0.05, "roi_long": 0.05, "n": 1,
            "updated_at": "2026-01-05T01:00:00+00:00"},
        "1h": {"current_allocation": 0.4988, "roi_short": -0.02, "roi_long": -0.02, "n": 1,
            "updated_at": "2026-01-05T02:00:00+00:00"},
        "4h": {"current_allocation": 0.3503, "roi_short": 0.03, "roi_long": 0.03, "n": 1,
            "updated_at": "2026-01-05T03:00:00+00:00"}},
    "global_roi": {"roi_short": 0.019980217811, "roi_long": 0.019996915009, "n": 3,
        "updated_at": "2026-01-05T03:00:00+00:00"}}'::jsonb,
    'the configuration has exactly the published shape'
);
select results_eq(
    $$select timeframe, share, desired, roi_short, n, last_change, last_changed_at, last_trade_id, why
    from analyst.allocation order by timeframe$$,
    $$values
        ('15m', 0.1509, 0.554166666666666667, 0.05, 1, 0.0003, '2026-01-10 00:00+00'::timestamptz, 't3',
            'steps of 20 %: a timeframe has 1 of 5 trades'),
        ('1h', 0.4988, 0.05, -0.02, 1, -0.0006, '2026-01-10 00:00+00', 't3',
            'steps of 20 %: a timeframe has 1 of 5 trades'),
        ('4h', 0.3503, 0.395833333333333333, 0.03, 1, 0.0003, '2026-01-10 00:00+00', 't3',
            'steps of 20 %: a timeframe has 1 of 5 trades')$$,
    'analysts see it'
);
select results_eq(
    $$select trade_id, timeframe, share, change from analyst.allocation_path
    where timeframe = '1h' order by step_id$$,
    $$values ('t1', '1h', 0.50, null::numeric), ('t2', '1h', 0.4994, -0.0006), ('t3', '1h', 0.4988, -0.0006)$$,
    'and the path there'
);

do $$
begin
    perform pg_temp.trade('t' || i, (array['15m', '1h', '4h'])[1 + i % 3], (array[0.05, -0.02, 0.03])[1 + i % 3])
    from generate_series(6, 17) as i;
end
$$;
select is(
    pg_temp.trade('t18', '15m', 0.05) -> 'change', '{"15m": 0.0015, "1h": -0.003, "4h": 0.0015}',
    'with five trades each the full 0.3 % moves'
);

-- Constant ROIs, a hundred days on: the shares are where they should be and stay there.
do $$
begin
    perform tests.clock_at('2026-02-01 00:00+00');
    perform pg_temp.trade('t' || i, (array['15m', '1h', '4h'])[1 + i % 3], (array[0.05, -0.02, 0.03])[1 + i % 3])
    from generate_series(19, 600) as i;
end
$$;
select ok(
    (select bool_and(abs(share - desired) < 1e-11) from analyst.allocation), 'constant ROIs: it converges'
);
create temporary table arrived as select pg_temp.shares() as shares;
select is(
    pg_temp.trade('t601', '15m', 0.05) ->> 'reason', 'the shares are as desired', 'then nothing moves'
);
select is(pg_temp.shares(), (select shares from arrived), 'it stays');
select results_eq(
    'select sum(share) = 1, min(share) - 0.05 from pm.allocation_split()', 'values (true, 1e-12)',
    'whole, and above the floor'
);

select * from finish();
rollback;

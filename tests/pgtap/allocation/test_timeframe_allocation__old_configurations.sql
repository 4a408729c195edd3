begin;
select plan(11);

create function pg_temp.shares() returns jsonb language sql as $$
    select jsonb_object_agg(s.timeframe, s.share) from pm.allocation_split() as s
$$;
create function pg_temp.trade(p_id text, p_timeframe text) returns void language sql as $$
    select learning.record_closed_trade(jsonb_build_object(
        'trade_id', p_id, 'timeframe', p_timeframe, 'roi', 0.01, 'closed_at', '2026-01-05'))
$$;

-- An older system's configuration: weights that nobody reads, and kept.
update learning.learning_configs
set config_data = '{"timeframe_weights": {"1m": {"weight": 2.1}, "1h": {"weight": 0.4}}, "other": [1]}'
where module_id = 'decision_maker';
select is(pg_temp.shares(), '{"15m": 0.15, "1h": 0.5, "4h": 0.35}', 'the defaults apply');
do $$ begin perform pg_temp.trade('t1', '15m'); perform pg_temp.trade('t2', '1h'); end $$;
select is(pg_temp.shares(), '{"15m": 0.1506, "1h": 0.4994, "4h": 0.35}', 'steps start from them');
select is(
    (select config_data - '{timeframe_allocation,global_roi}'::text[]
    from learning.learning_configs where module_id = 'decision_maker'),
    '{"timeframe_weights": {"1m": {"weight": 2.1}, "1h": {"weight": 0.4}}, "other": [1]}', 'the rest is kept'
);
select is(
    (select config_data -> 'timeframe_allocation' -> '4h'
    from learning.learning_configs where module_id = 'decision_maker'),
    '{"current_allocation": 0.35, "roi_short": null, "roi_long": null, "n": 0, "updated_at": null}',
    'a timeframe without trades has the published shape'
);

-- No configuration at all.
delete from learning.learning_configs where module_id = 'decision_maker';
select is(pg_temp.shares(), '{"15m": 0.15, "1h": 0.5, "4h": 0.35}', 'without any: the defaults');
select is((select count(*) from analyst.allocation), 3::bigint, 'analysts see three timeframes');
do $$ begin perform pg_temp.trade('t3', '15m'); end $$;
select is(pg_temp.shares(), '{"15m": 0.15, "1h": 0.5, "4h": 0.35}', 'it is made with the first trade');

-- A configuration brought along with its evidence, but without masses.
delete from learning.roi_masses;
update learning.learning_configs
set config_data = '{"timeframe_allocation": {
    "15m": {"current_allocation": 0.2, "roi_short": 0.04, "roi_long": 0.04, "n": 9, "updated_at": "2026-01-05T00:00:00Z"},
    "1h": {"current_allocation": 0.4, "roi_short": 0.01, "roi_long": 0.01, "n": 9, "updated_at": "2026-01-05T00:00:00Z"},
    "4h": {"current_allocation": 0.4, "roi_short": null, "roi_long": null, "n": 0, "updated_at": null}}}'
where module_id = 'decision_maker';
do $$ begin perform pg_temp.trade('t4', '15m'); end $$;
select results_eq(
    $$select n, roi_short from analyst.allocation where timeframe = '15m'$$, $$values (10, 0.037)$$,
    'an average without a mass weighs its trades'
);

-- Shares that do not sum to 1 do not get in.
select throws_ok(
    $$update learning.learning_configs
    set config_data = jsonb_set(config_data, '{timeframe_allocation,1h,current_allocation}', '0.41')
    where module_id = 'decision_maker'$$, '23514', null, 'neither too much'
);
select throws_ok(
    $$update learning.learning_configs set config_data = '{"timeframe_allocation": {
        "15m": {"current_allocation": -0.5}, "1h": {"current_allocation": 1}, "4h": {"current_allocation": 0.5}}}'
    where module_id = 'decision_maker'$$, '23514', null, 'nor a negative one'
);
select throws_ok(
    $$update learning.learning_configs set config_data = config_data #- '{timeframe_allocation,4h}'
    where module_id = 'decision_maker'$$, '23514', null, 'nor two of three'
);

select * from finish();
rollback;

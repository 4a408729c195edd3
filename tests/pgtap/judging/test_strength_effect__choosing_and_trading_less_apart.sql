begin;
select plan(4);

do $$begin
    perform tests.clock_at('2026-03-01'), learning.set_setting('n_min', '3');
    insert into learning.pattern_trade_events
        (trade_id, pattern_key, action_category, scope, roi, reached_s3, hold_hours, closed_at)
    select b || i, 'pm.uptrend.S1.entry', 'entry', jsonb_build_object('bucket', b), r, r > 0, 24, '2026-02-01'
    from generate_series(1, 3) as i, (values ('nano', 0.05), ('big', -0.05)) as t (b, r);
    perform learning.mine_trades('pm.uptrend.S1.entry', learning.clock(), null);
end$$;
-- {}: support 1 - exp(-6/50) = .1130796 x reliability 1/(1 + .0025 + .25/6) = .9577015, direction 0.
-- nano: .0582355 x .9230769, direction 1. Weights .1082965 and 2 x .0537558: direction .4981818,
-- confidence .0811252, steer_max .03 + .2 x .0811252 = .0462250, size .35 + .25 x .0230284.
select results_eq(
    $$select rule, slices, n_trades, round(size_change::numeric, 6), round(at_equal_exposure::numeric, 6),
        round(of_trading_less::numeric, 6) from analyst.strength order by rule desc$$,
    $$values ('plan', 3::bigint, 6::bigint, 0.000000, round(0.05 * 2 * 0.25 * 0.0230284 / 0.7, 6), 0.000000),
        ('in force', 0, 6, 0.000000, 0.000000, 0.000000)$$,
    'sizes chosen are worth something at equal exposure, with no change of the mean'
);
-- Only losers: every size shrinks alike, which chooses nothing and loses less.
update learning.pattern_trade_events set roi = -0.05, reached_s3 = false;
do $$begin perform learning.mine_trades('pm.uptrend.S1.entry', learning.clock(), null); end$$;
select is(
    (select round(at_equal_exposure::numeric, 9) from analyst.strength where rule = 'plan'), 0.000000000,
    'equal trades: nothing to choose'
);
select is(
    (select size_change < 0 and of_trading_less > 0
        and round((of_trading_less + 0.05 * size_change)::numeric, 9) = 0 from analyst.strength where rule = 'plan'),
    true, 'and what trading less is worth stands apart'
);
select results_eq(
    $$select lesson_type, scope_subset, n, dir_a, override_status, n_judged from analyst.strength_lessons order by scope_subset$$,
    $$values ('pm_strength', '{}'::jsonb, 6::bigint, -1::float8, null, 6::bigint),
        ('pm_strength', '{"bucket": "big"}', 3, -1, null, 3), ('pm_strength', '{"bucket": "nano"}', 3, -1, null, 3)$$,
    'a row per lesson'
);

select * from finish();
rollback;

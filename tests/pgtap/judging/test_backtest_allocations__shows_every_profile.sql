begin;
select plan(2);

insert into learning.backtests (market, verdict, result)
values ('older', 'No better.', '{"arms": []}'), ('bars', 'No better.', '{"arms": [], "allocations": [
    {"profile": "plan", "trades": 7, "days": 10, "money_per_day": 0.01,
        "gain": {"value": 0.002, "low": -0.001, "high": 0.004}, "shares": [
            {"timeframe": "15m", "share": 0.2, "trades": 3, "noise_lowest": 0.1,
                "noise_highest": 0.3, "verdict": "not told from noise"},
            {"timeframe": "1h", "share": 0.8, "trades": 4, "noise_lowest": 0.5,
                "noise_highest": 0.7, "verdict": "told from noise"}]},
    {"profile": "fixed", "trades": 7, "days": 10, "money_per_day": 0.008,
        "gain": {"value": 0, "low": 0, "high": 0}, "shares": [
            {"timeframe": "1h", "share": 0.5, "trades": 4, "noise_lowest": null,
                "noise_highest": null, "verdict": "fixed"}]}
    ]}');

select results_eq(
    'select a.profile, a.timeframe, a.trades, a.money_per_day, a.gain_low, a.share,
            a.timeframe_trades, a.noise_highest, a.verdict
        from analyst.backtest_allocations as a',
    $$values ('plan', '15m', 7::bigint, 0.01::double precision, -0.001::double precision, 0.2,
            3, 0.3::double precision, 'not told from noise'),
        ('plan', '1h', 7, 0.01, -0.001, 0.8, 4, 0.7, 'told from noise'),
        ('fixed', '1h', 7, 0.008, 0, 0.5, 4, null, 'fixed')$$,
    'a row per profile and timeframe, in their order; older walk-forwards have none'
);
select ok(
    has_table_privilege('quadrant_analyst', 'analyst.backtest_allocations', 'select'),
    'analysts may look'
);

select * from finish();
rollback;

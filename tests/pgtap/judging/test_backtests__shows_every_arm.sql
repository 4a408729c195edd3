begin;
select plan(4);

insert into learning.backtests (market, verdict, result)
values ('bars', 'No better than base gates.', '{
    "begin": "2024-02-22", "end": "2024-09-06", "arms": [
        {"arm": "evidence", "name": "the judge: gates", "stakes": 3, "setups": 10, "bought": 3, "money": 0.5, "per_setup": 0.1667,
            "success_rate": 0.33, "missed_rate": 0.5, "drawdown": 0.2,
            "gain": {"value": 0.1, "low": -0.2, "high": 0.4},
            "selection": {"value": 0.05, "low": -0.1, "high": 0.2},
            "at_equal_exposure": {"value": 0.06, "low": -0.1, "high": 0.3}},
        {"arm": "base", "setups": 10, "bought": 0, "money": 0, "per_setup": null,
            "success_rate": null, "missed_rate": 1, "drawdown": 0,
            "gain": {"value": 0, "low": 0, "high": 0},
            "selection": {"value": 0, "low": 0, "high": 0}}
    ], "noise": {"histories": 20, "in_force": 0.0125, "ever": 1, "patterns": 60}}');

select results_eq(
    'select b.arm, b.bought, b.per_setup, b.gain, b.gain_low, b.selection_high, b.name, b.stakes,
            b.at_equal_exposure_high
        from analyst.backtests as b',
    $$values ('evidence', 3::bigint, 0.1667::double precision, 0.1::double precision,
            -0.2::double precision, 0.2::double precision, 'the judge: gates',
            3::double precision, 0.3::double precision),
        ('base', 0, null, 0, 0, 0, 'base', null, null)$$,
    'one row per arm, in their order; older ones know no stakes'
);
select results_eq(
    'select distinct b.noise_histories, b.noise_in_force, b.noise_ever, b.noise_patterns
        from analyst.backtests as b',
    $$values (20, 0.0125::double precision, 1::bigint, 60::bigint)$$,
    'what came of the histories of noise'
);
select is(
    (select min(b.last_day - b.first_day) from analyst.backtests as b), 197, 'days measured'
);
select ok(
    has_table_privilege('quadrant_analyst', 'analyst.backtests', 'select'), 'analysts may look'
);

select * from finish();
rollback;

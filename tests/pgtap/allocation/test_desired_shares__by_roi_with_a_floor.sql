begin;
select plan(12);

create function pg_temp.desired(p_rois jsonb, p_shares jsonb default '{"15m": 0.15, "1h": 0.5, "4h": 0.35}')
returns jsonb language sql as $$select learning.desired_shares(p_shares, p_rois)$$;

select is(
    pg_temp.desired('{"15m": 0.05, "1h": 0.03, "4h": 0.02}'), '{"15m": 0.5, "1h": 0.3, "4h": 0.2}',
    'all gain: the plain ratio of the ROIs'
);
select is(
    pg_temp.desired('{"15m": 0.03, "1h": 0.01}'), '{"15m": 0.4875, "1h": 0.1625}',
    'of what the timeframe without trades leaves'
);
select is(
    pg_temp.desired('{"15m": 0.05, "1h": -0.02, "4h": -0.01}'), '{"15m": 0.83125, "1h": 0.05, "4h": 0.11875}',
    'with losers: by the distance from the worst'
);
select is(
    pg_temp.desired('{"15m": -0.10, "1h": -0.30, "4h": -0.20}'),
    '{"15m": 0.633333333333333333, "1h": 0.05, "4h": 0.316666666666666667}',
    'all lose: the least loser gets most'
);
select is(pg_temp.desired('{"15m": 0, "1h": 0}'), '{"15m": 0.325, "1h": 0.325}', 'all zero: equal');
select is(pg_temp.desired('{"15m": -0.2, "1h": -0.2}'), '{"15m": 0.325, "1h": 0.325}', 'all as bad: equal');
select is(
    pg_temp.desired('{"15m": 0.02, "1h": 0.02, "4h": 0.02}'),
    '{"15m": 0.333333333333333333, "1h": 0.333333333333333333, "4h": 0.333333333333333333}',
    'all as good: equal'
);
select is(
    pg_temp.desired('{"15m": 50, "1h": 2.76, "4h": 0.1}'),
    '{"15m": 0.9, "1h": 0.05, "4h": 0.05}',
    'a floor that pushes another one under the floor'
);
select is(
    pg_temp.desired('{"15m": 0.02, "1h": -0.02}', '{"15m": 0.02, "1h": 0.03, "4h": 0.95}'),
    '{"15m": 0.025, "1h": 0.025}', 'a budget too small for the floor is shared'
);
select is(
    pg_temp.desired('{"15m": 0.02, "1h": -0.02}', '{"15m": 0, "1h": 0, "4h": 1}'),
    '{"15m": 0, "1h": 0}', 'no budget at all'
);
select is(pg_temp.desired('{"4h": -1}'), '{"4h": 0.35}', 'one alone has its budget');
select is(pg_temp.desired('{}'), null, 'without trades nothing is desired');

select * from finish();
rollback;

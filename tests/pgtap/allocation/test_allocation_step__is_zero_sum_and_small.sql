begin;
select plan(10);

create function pg_temp.step(p_desired jsonb, p_n integer default 5, p_shares jsonb default '{"15m": 0.15, "1h": 0.5, "4h": 0.35}')
returns jsonb language sql as $$select learning.allocation_step(p_shares, p_desired, p_n)$$;

select is(pg_temp.step('{"15m": 0.6, "1h": 0.05}'), '{"15m": 0.003, "1h": -0.003}', 'never above 0.3 %');
select is(pg_temp.step('{"15m": 0.6, "1h": 0.05}', 1), '{"15m": 0.0006, "1h": -0.0006}', 'a fifth with one trade');
select is(pg_temp.step('{"15m": 0.6, "1h": 0.05}', 4), '{"15m": 0.0024, "1h": -0.0024}', 'four fifths with four');
select is(pg_temp.step('{"15m": 0.6, "1h": 0.05}', 500), '{"15m": 0.003, "1h": -0.003}', 'never more than all');
select is(
    pg_temp.step('{"15m": 0.30, "1h": 0.48, "4h": 0.22}'), '{"15m": 0.003, "1h": -0.0015, "4h": -0.0015}',
    'losses are scaled down to gains'
);
select is(
    pg_temp.step('{"15m": 0.151, "1h": 0.5005, "4h": 0.3485}', 5),
    '{"15m": 0.001, "1h": 0.0005, "4h": -0.0015}', 'what is near is reached'
);
select is(pg_temp.step('{"15m": 0.15, "1h": 0.5}'), '{"15m": 0, "1h": 0}', 'what is there stays');
select is(
    pg_temp.step('{"15m": 0.1500000000007, "1h": 0.5000000000007, "4h": 0.3499999999986}'),
    '{"15m": 0, "1h": 0, "4h": 0}', 'what is lost has somebody who gains it'
);
select is(
    pg_temp.step('{"15m": 0.35, "1h": 0.3, "4h": 0.35}', 3, '{"15m": 0.3, "1h": 0.4, "4h": 0.3}'),
    '{"15m": 0.0009, "1h": -0.0018, "4h": 0.0009}', 'equals from equal shares move alike'
);
select is(
    pg_temp.step('{"15m": 0.3343333333333, "1h": 0.3334, "4h": 0.3322666666667}', 1, '{"15m": 0.333, "1h": 0.333, "4h": 0.334}'),
    '{"15m": 0.000266666666, "1h": 0.00008, "4h": -0.000346666666}',
    'what the cutting left comes off the larger side'
);

select * from finish();
rollback;

begin;
select plan(6);

select is_empty('select * from learning.money_per_day()', 'nothing without trades');
insert into learning.allocation_days (timeframe, day, trades, money)
select '15m', date '2026-01-01' + d, 1, case d % 2 when 0 then 0.03 else 0.01 end
from generate_series(0, 9) as d;
select results_eq(
    $$select timeframe, days, round(money_per_day::numeric, 9), surety
    from learning.money_per_day()$$,
    $$values ('15m', 10::bigint, 0.02, 0::float8)$$, 'one timeframe differs from none'
);
insert into learning.allocation_days (timeframe, day, trades, money)
select '1h', date '2026-01-01' + d, 1, case d % 2 when 0 then 0.02 else 0 end
from generate_series(0, 9) as d;
-- Ten days of .02 +- .01 and .01 +- .01: the variance of a mean is .0001 x 10/9 / 10; Q = 2 x
-- .005^2 / .0000111 = 4.5; 1 - 3.841459 / 4.5.
select results_eq(
    $$select timeframe, round(money_per_day::numeric, 9), round(spread::numeric, 9),
        round(surety::numeric, 6)
    from learning.money_per_day() order by timeframe$$,
    $$values ('15m', 0.02, 0.003333333, 0.146342), ('1h', 0.01, 0.003333333, 0.146342)$$,
    'two: means per day, their spread, and how far they are apart'
);
update learning.allocation_days set money = money - 0.001 where timeframe = '15m';
select is(
    (select max(surety) from learning.money_per_day()), 0::float8, 'a little nearer it is noise'
);
insert into learning.allocation_days values ('4h', '2026-01-03', 1, 5);
select is(
    (select max(surety) from learning.money_per_day()), 0::float8,
    'a timeframe with fewer than five days of trades tells nothing'
);
insert into learning.allocation_days values ('4h', '2027-01-08', 1, 5);
select results_eq(
    'select timeframe, days from learning.money_per_day() order by 1',
    $$values ('15m', 365::bigint), ('1h', 365), ('4h', 365)$$, 'at most 365 days back'
);

select * from finish();
rollback;

begin;
select plan(7);

-- Newcombe (1998), table I, method 3: 81/263, 15/148, 0/20, 1/29.
select results_eq(
    format('select round(low::numeric, 4), round(high::numeric, 4) from learning.wilson_interval(%s, %s)', k, n),
    format('values (%s, %s)', low, high), format('%s of %s', k, n)
)
from (values (81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0000, 0.1611),
    (1, 29, 0.0061, 0.1718)) as t (k, n, low, high);
select results_eq(
    'select low, high from learning.wilson_interval(0, 0)', 'values (null::float8, null::float8)',
    'no trials, no interval'
);
select results_eq(
    'select low, high from learning.wilson_interval(null, 5)', 'values (null::float8, null::float8)',
    'no rate, no interval'
);
select is((select high from learning.wilson_interval(2.5, 2.5)), 1::float8, 'never beyond 1');

select * from finish();
rollback;

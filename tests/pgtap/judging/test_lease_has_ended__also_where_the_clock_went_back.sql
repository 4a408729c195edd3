begin;
select plan(4);

select ok(learning.lease_has_ended(clock_timestamp() - interval '1 second'), 'it is over');
select ok(not learning.lease_has_ended(clock_timestamp() + interval '59 seconds'), 'it holds');
select ok(
    learning.lease_has_ended(clock_timestamp() + interval '3 days'),
    'given before the clock went back, it would never end'
);
select is(learning.lease_has_ended(null), null, 'nothing is leased');

select * from finish();
rollback;

begin;
select plan(4);

select is(learning.clock(), now(), 'unset, the clock is the server''s at the start of the transaction');

select is(
    tests.clock_at('2026-01-15 10:09:00+00'), '2026-01-15 10:09:00+00'::timestamptz,
    'the helper answers what it set'
);
select is(
    learning.clock(), '2026-01-15 10:09:00+00'::timestamptz,
    'set, every caller sees that time'
);
select is(
    tests.sqlstate_as('quadrant_analyst', $$update learning.clock_setting set set_to = null$$), '42501',
    'an analyst may not move it'
);

select * from finish();
rollback;

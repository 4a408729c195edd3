begin;
select plan(4);

select is(learning.set_clock('2026-01-15 10:09+00'), '2026-01-15 10:09+00'::timestamptz, 'the owner sets it');
select is(learning.clock(), '2026-01-15 10:09+00'::timestamptz, 'everybody reads it');
do $$begin perform learning.reset_clock(); end$$;
select is(learning.clock(), now(), 'reset, it is the server''s again');
grant usage on schema learning to quadrant_analyst;
grant execute on function learning.set_clock(timestamptz) to quadrant_analyst;
select is(
    tests.sqlstate_as('quadrant_analyst', $$select learning.set_clock('2026-01-15')$$), 'QD010',
    'nobody else may, even by accident'
);

select * from finish();
rollback;

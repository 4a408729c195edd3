begin;
select plan(2);

select is(
    array(
        select c.code
        from unnest('{QD006,22P02,23514,54001}'::text[]) as c (code)
        where not learning.is_row_fault(c.code)
    ),
    '{}', 'a code of ours, bad data, a constraint, a limit: the row is kept and the next one read'
);
select is(
    array(
        select c.code
        from unnest('{40P01,40001,55P03,53200,57014,XX000,42501}'::text[]) as c (code)
        where learning.is_row_fault(c.code)
    ),
    '{}', 'a deadlock, a lost lock, no memory, a cancelled query, a bug: the server is in trouble'
);

select * from finish();
rollback;

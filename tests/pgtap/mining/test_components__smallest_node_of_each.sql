begin;
select plan(4);

select is(learning.components(3, null, null), '{1,2,3}', 'without edges everyone is alone');
select is(learning.components(0, '{}', '{}'), '{}', 'nobody is nobody');
select is(
    learning.components(7, '{7,6,3,5}', '{6,2,5,4}'), '{1,2,3,3,3,2,2}',
    'a chain written from its far end is one'
);
select is(
    learning.components(200, array(select i from generate_series(2, 200) as i),
        array(select i - 1 from generate_series(2, 200) as i)),
    array_fill(1, array[200]), 'a long chain too'
);

select * from finish();
rollback;

begin;
select plan(4);

select lives_ok(
    $$select learning.require_fields('{a,b}', '{1,x}', 'A row has a and b.')$$, 'nothing is missing'
);
select throws_ok(
    $$select learning.require_fields('{a,b,c}', array['1', null, null], '')$$, 'QD006',
    'b is missing', 'the first without a value'
);
select throws_ok(
    $$select learning.require_fields('{a,b}', '{1,""}', '')$$, 'QD006', 'b is missing',
    'an empty text is none'
);
select throws_ok(
    $$select learning.require_fields('{a,b}', '{1}', '')$$, 'QD006', 'b is missing',
    'nor is what is not there'
);

select * from finish();
rollback;

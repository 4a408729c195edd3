begin;
select plan(15);

create function pg_temp.stands(
    p_depth integer, p_in_force boolean, p_evidence float8, p_z float8, p_money_z float8,
    p_changed integer default 40, p_even boolean default false, p_record jsonb default null
)
returns boolean
language sql
as $$
    select learning.candidate_stands(
        jsonb_populate_record(null::learning.gate_simulations, jsonb_build_object(
            'evidence', p_evidence,
            'changed', format('[0:1]={0,%s}', p_changed),
            'z', format('[0:1]={0,%s}', p_z),
            'money_z', format('[0:1]={0,%s}', coalesce(p_money_z::text, 'null')),
            'record', p_record
        )),
        1, p_depth, p_even, p_in_force
    )
$$;

select ok(pg_temp.stands(0, false, 10, 3.25, 1), 'E 10 and z 3.25 are enough for a whole pattern');
select ok(not pg_temp.stands(0, false, 9.9, 3.25, 1), 'E 9.9 is not');
select ok(not pg_temp.stands(0, false, 10, 3.24, 1), 'z 3.24 is not');
select ok(not pg_temp.stands(0, false, 1000, 9, 0.9), 'it must surely earn something');
select ok(not pg_temp.stands(0, false, 1000, 9, -0.01), 'money may not be against it');
select ok(not pg_temp.stands(0, false, 1000, 9, 3, 14), '14 windows are too few');
select ok(not pg_temp.stands(1, false, 29, 9, 3), 'one condition asks for E 30');
select ok(not pg_temp.stands(2, false, 1000, 4.2, 3), 'two conditions ask for z 4.25');
select ok(not pg_temp.stands(3, false, 1e9, 20, 9), 'three conditions are only proposed');
select ok(pg_temp.stands(0, true, 4, 2.5, 0), 'what is in force stays at E 4 and z 2.5');
select ok(not pg_temp.stands(0, true, 3.9, 2.5, 0), 'and goes below');
select ok(not pg_temp.stands(0, true, 40, 9, -0.01), 'or when it loses money');
select ok(
    pg_temp.stands(0, true, 1, 0, -1, p_record => '{"for": 4, "money_z": 0}'),
    'or stays by its own record'
);
select ok(not pg_temp.stands(0, false, 1000, 9, null), 'unknown money lets nothing into force');
select ok(
    pg_temp.stands(0, false, 1000, 9, null, p_even => true), 'unless wins and losses pay alike'
);

select * from finish();
rollback;

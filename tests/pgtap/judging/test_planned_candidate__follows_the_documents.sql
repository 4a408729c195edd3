begin;
select plan(8);

-- A pattern with one lever of two steps: candidate 1 tightens, candidate 2 loosens.
create function pg_temp.chosen(
    p_caught integer, p_added integer, p_avoided integer, p_lost integer, p_dodge_rate float8
)
returns integer
language sql
as $$
    select learning.planned_candidate(
        jsonb_populate_record(null::learning.gate_simulations, jsonb_build_object(
            'dodge_rate', p_dodge_rate,
            'misses_caught', format('[0:2]={0,0,%s}', p_caught),
            'failures_added', format('[0:2]={0,0,%s}', p_added),
            'failures_avoided', format('[0:2]={0,%s,0}', p_avoided),
            'wins_lost', format('[0:2]={0,%s,0}', p_lost)
        )),
        jsonb_populate_record(null::learning.looks, jsonb_build_object(
            'n_levers', '[0:2]={0,1,1}', 'move', '[0:2]={0,1,1}'
        )),
        2.0
    )
$$;

select is(pg_temp.chosen(8, 5, 0, 0, 0.5), null, '8 misses for 5 false positives: nothing');
select is(pg_temp.chosen(5, 1, 0, 0, 0.918), 2, '5 : 1 qualifies at a dodge rate of .918');
select is(pg_temp.chosen(6, 2, 0, 0, 0.89), 2, '6 : 2 qualifies below .90');
select is(pg_temp.chosen(5, 2, 0, 0, 0.918), null, '5 : 2 does not at .918');
select is(pg_temp.chosen(4, 3, 0, 0, 0.5), null, '4 : 3 never');
select is(pg_temp.chosen(2, 0, 0, 0, 0.5), null, 'two windows are too few');
select is(pg_temp.chosen(6, 2, 9, 1, 0.95), 1, 'tightening needs 2 : 1 at any dodge rate; the best ratio wins');
select is(pg_temp.chosen(6, 0, 6, 0, null), 1, 'of equals the first in the grid''s order');

select * from finish();
rollback;

begin;
select plan(7);

insert into learning.mining_codes (pattern_key, name, value, place, code, item)
values ('pm.uptrend.S1.entry', 'bucket', 'a', 1, 1, 'A'),
    ('pm.uptrend.S1.entry', 'chain', 'b', 2, 1, 'B');
create function pg_temp.store(p_key text, p_success int, p_failure int) returns void
language sql as $$
    delete from learning.slice_rates where slice_key = p_key;
    insert into learning.slice_rates (
        pattern_key, slice_key, acted_success, acted_failure, skipped_success, skipped_failure,
        n_policy, weight, success_weight, n_sampled, n_valued, mining
    )
    select 'pm.uptrend.S1.entry', p_key, 0, 0, p_success, p_failure, 0,
        (p_success + p_failure) * 4294967296, p_success * 4294967296, 0, 0, 1
$$;
create function pg_temp.write() returns jsonb language sql as $$
    select learning.write_tuning_lessons('pm.uptrend.S1.entry', 33, '2026-01-01', null, 1, false)
$$;
create function pg_temp.of_child() returns table (parent jsonb, sr_rest float8) language sql as $$
    select l.stats -> 'parent', (l.stats ->> 'sr_rest')::float8
    from learning.learning_lessons as l
    where l.scope_subset = '{"bucket": "a", "chain": "b"}' and l.status = 'active'
$$;
do $$begin
    perform pg_temp.store('', 100, 100);
    perform pg_temp.store('A', 20, 80);
    perform pg_temp.store('B', 40, 50);
    perform pg_temp.store('AB', 10, 30);
end$$;
do $$begin perform pg_temp.write(); end$$;
select results_eq(
    'select * from pg_temp.of_child()', $$values ('{"bucket": "a"}'::jsonb, 10 / 60::float8)$$,
    'compared with the parent of most experiments'
);
select is(
    (select stats -> 'parent' from learning.learning_lessons where scope_subset = '{}'), 'null',
    'the whole pattern has none'
);
select is(pg_temp.write() -> 'lessons_changed', '0', 'what is the same is not touched');

do $$begin perform pg_temp.store('A', 10, 70); perform pg_temp.write(); end$$;
select results_eq(
    'select * from pg_temp.of_child()', $$values ('{"chain": "b"}'::jsonb, 30 / 50::float8)$$,
    'another parent is the largest now: neither it nor the slice changed'
);
do $$begin perform pg_temp.store('B', 30, 60); perform pg_temp.write(); end$$;
select results_eq(
    'select * from pg_temp.of_child()', $$values ('{"chain": "b"}'::jsonb, 20 / 50::float8)$$,
    'or the same parent counts otherwise'
);

-- As many experiments in both: the first by its scope, whatever the codes are.
do $$begin perform pg_temp.store('A', 20, 70); perform pg_temp.write(); end$$;
select results_eq(
    'select * from pg_temp.of_child()', $$values ('{"bucket": "a"}'::jsonb, 10 / 50::float8)$$,
    'a tie goes by the text of the scope'
);
delete from learning.mining_codes;
insert into learning.mining_codes (pattern_key, name, value, place, code, item)
values ('pm.uptrend.S1.entry', 'chain', 'b', 1, 1, 'X'),
    ('pm.uptrend.S1.entry', 'bucket', 'a', 2, 1, 'Y');
delete from learning.slice_rates where slice_key <> '';
do $$begin
    perform pg_temp.store('Y', 20, 70);
    perform pg_temp.store('X', 30, 60);
    perform pg_temp.store('XY', 10, 30);
    perform learning.write_tuning_lessons('pm.uptrend.S1.entry', 33, '2026-01-01', null, 1, true);
end$$;
select results_eq(
    'select * from pg_temp.of_child()', $$values ('{"bucket": "a"}'::jsonb, 10 / 50::float8)$$,
    'under other codes too'
);

select * from finish();
rollback;

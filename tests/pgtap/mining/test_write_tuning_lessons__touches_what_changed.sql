begin;
select plan(28);

insert into learning.mining_codes (pattern_key, name, value, place, code, item)
values ('pm.uptrend.S1.entry', 'bucket', 'a', 1, 1, 'A'),
    ('pm.uptrend.S1.entry', 'bucket', '7', 1, 2, 'C'),
    ('pm.uptrend.S1.entry', 'chain', 'b', 2, 1, 'B'),
    ('pm.uptrend.S1.entry', 'intent', 'true', 3, 1, 'D');
create function pg_temp.store(
    p_key text, p_acted int, p_failed int, p_missed int, p_dodged int, p_mining bigint
)
returns void
language sql as $$
    delete from learning.slice_rates where slice_key = p_key;
    insert into learning.slice_rates (
        pattern_key, slice_key, acted_success, acted_failure, skipped_success, skipped_failure,
        n_policy, weight, success_weight, n_sampled, n_valued, mining
    )
    select 'pm.uptrend.S1.entry', p_key, p_acted, p_failed, p_missed, p_dodged, 0,
        (p_acted + p_failed + p_missed + p_dodged) * 4294967296, (p_acted + p_missed) * 4294967296,
        0, 0, p_mining
$$;
create function pg_temp.write(p_mining bigint, p_all boolean default false, p_n_min integer default 33)
returns jsonb
language sql as $$
    delete from learning.learning_log;
    select learning.write_tuning_lessons(
        'pm.uptrend.S1.entry', p_n_min, timestamptz '2026-01-01' + p_mining * interval '1 hour', null,
        p_mining, p_all
    );
$$;
create function pg_temp.rows() returns table (scope jsonb, place tid, changed timestamptz)
language sql as $$
    select l.scope_subset, l.ctid, l.updated_at from learning.lessons as l where l.status = 'active'
$$;
create function pg_temp.copies() returns table (scope jsonb, original jsonb)
language sql as $$
    select l.scope_subset, o.scope_subset from learning.lessons as l
    join learning.lessons as o on o.id = l.copy_of order by 1
$$;
create function pg_temp.logged() returns table (event text, scope jsonb, verdict text)
language sql as $$
    select g.event, g.data -> 'scope_subset', g.data ->> 'verdict'
    from learning.learning_log as g where g.level = 'INFO' order by 1, 2
$$;

do $$begin
    perform pg_temp.store('', 20, 30, 50, 100, 1);
    perform pg_temp.store('A', 10, 10, 20, 60, 1);
    perform pg_temp.store('C', 10, 20, 30, 40, 1);
    perform pg_temp.store('B', 20, 30, 50, 99, 1);
    perform pg_temp.store('AB', 10, 10, 20, 60, 1);
    perform pg_temp.store('ABD', 10, 10, 20, 60, 1);
    perform pg_temp.store('D', 4, 4, 4, 4, 1);
end$$;
select is(
    pg_temp.write(1, true), '{"lessons": 6, "lessons_changed": 6, "retired": 0}', 'new lessons'
);
select results_eq(
    'select scope_subset, slice_key collate "default" from learning.lessons order by slice_key',
    $$values ('{}'::jsonb, ''), ('{"bucket": "a"}', 'A'), ('{"bucket": "a", "chain": "b"}', 'AB'),
        ('{"bucket": "a", "chain": "b", "intent": "true"}', 'ABD'), ('{"chain": "b"}', 'B'),
        ('{"bucket": "7"}', 'C')$$,
    'their scopes are those of the keys, values as texts'
);
select results_eq('select * from pg_temp.copies()',
    $$values ('{"bucket": "a", "chain": "b"}'::jsonb, '{"bucket": "a"}'::jsonb),
        ('{"bucket": "a", "chain": "b", "intent": "true"}', '{"bucket": "a"}')$$,
    'copies name the broadest'
);
select is(
    (select l.latent_factor_id from learning.learning_lessons as l where l.scope_subset = '{}'),
    'pm.uptrend.S1.entry {}', 'the view names the others after themselves'
);
select is((select count(*) from pg_temp.logged() where event = 'TuningMiner lesson'), 6::bigint,
    'a line per new lesson');
select results_eq(
    $$select data from learning.learning_log where data -> 'scope_subset' = '{"bucket": "7"}'$$,
    $$values ('{"pattern_key": "pm.uptrend.S1.entry", "scope_subset": {"bucket": "7"}, "n": 100,
        "verdict": "tighten", "n_acted": 30, "n_skipped": 70, "n_misses": 30, "n_fps": 20,
        "wr": 0.3333333333333333, "mr": 0.42857142857142855, "pressure": 10}'::jsonb)$$,
    'with what a person wants to know'
);

create temporary table before as select * from pg_temp.rows();
select is(pg_temp.write(2, true) -> 'lessons_changed', '0', 'everything looked at: all the same');
do $$begin perform pg_temp.store('C', 10, 20, 31, 40, 3); end$$;
select is(pg_temp.write(3) -> 'lessons_changed', '1', 'one slice changed');
select results_eq(
    $$select r.scope from pg_temp.rows() as r join before as b using (scope)
        where r.place <> b.place or r.changed <> b.changed$$,
    $$values ('{"bucket": "7"}'::jsonb)$$, 'one row is touched'
);
select is_empty('select * from pg_temp.logged()', 'other counts alone are no line');
select is(
    (select l.counted_stamp from learning.lessons as l where l.slice_key = 'C'),
    '10/20/31/40/0/' || 101 * 4294967296 || '/0/0/' || 41 * 4294967296 || '/3',
    'the stamp tells counts and mining'
);
do $$begin perform pg_temp.store('C', 10, 20, 70, 40, 4); end$$;
select is(pg_temp.write(4) -> 'lessons_changed', '1', 'and once more');
select results_eq('select * from pg_temp.logged()',
    $$values ('TuningMiner lesson', '{"bucket": "7"}'::jsonb, 'mixed')$$, 'another verdict is a line'
);

-- A copy that counts otherwise, and the copies it leaves.
do $$begin perform pg_temp.store('A', 10, 10, 20, 61, 5); end$$;
select is(pg_temp.write(5) -> 'lessons_changed', '3',
    'what lost its original is touched: it copies another one or none');
select results_eq('select * from pg_temp.copies()',
    $$values ('{"bucket": "a", "chain": "b", "intent": "true"}'::jsonb,
        '{"chain": "b", "bucket": "a"}'::jsonb)$$,
    'the broadest of those left is the original'
);

do $$begin perform pg_temp.store('C', 5, 5, 5, 5, 6); end$$;
select is(pg_temp.write(6), '{"lessons": 5, "lessons_changed": 0, "retired": 1}', 'retired');
select results_eq('select event, scope from pg_temp.logged()',
    $$values ('TuningMiner lesson retired', '{"bucket": "7"}'::jsonb)$$, 'a line');
create function pg_temp.retired() returns table (n bigint, n_acted text, verdict text)
language sql as $f$
    select l.n, l.stats ->> 'n_acted', l.stats ->> 'verdict'
    from learning.learning_lessons as l where l.status = 'retired'
$f$;
select results_eq('select * from pg_temp.retired()', $$values (20::bigint, '10', 'hold')$$,
    'it keeps what its slice counted in the end');
do $$begin perform pg_temp.store('C', 0, 0, 0, 0, 6); end$$;
select results_eq('select * from pg_temp.retired()', $$values (20::bigint, '10', 'hold')$$,
    'whatever the slice counts later');
delete from learning.slice_rates where slice_key = 'C';
select results_eq('select * from pg_temp.retired()', $$values (20::bigint, '10', 'hold')$$,
    'and where it is gone');
create temporary table retired as select id from learning.lessons where status = 'retired';
do $$begin perform pg_temp.store('C', 10, 20, 30, 40, 7); end$$;
select is(pg_temp.write(7), '{"lessons": 6, "lessons_changed": 1, "retired": 0}', 'back again');
select results_eq(
    $$select l.id, (select g.event from pg_temp.logged() as g) from learning.lessons as l
        where l.scope_subset = '{"bucket": "7"}' and l.status = 'active'$$,
    $$select r.id, 'TuningMiner lesson' from retired as r$$, 'it is the same lesson, and told'
);

-- The dictionary is written anew: A and C change places, B gets another item, D has none.
do $$begin perform pg_temp.store('C', 5, 5, 5, 5, 8); perform pg_temp.write(8); end$$;
create temporary table named as select id, scope_subset from learning.lessons;
delete from learning.mining_codes where item in ('B', 'D');
update learning.mining_codes set item = 'X' where item = 'A';
update learning.mining_codes set item = 'A' where item = 'C';
update learning.mining_codes set item = 'C' where item = 'X';
insert into learning.mining_codes (pattern_key, name, value, place, code, item)
values ('pm.uptrend.S1.entry', 'chain', 'b', 2, 1, 'E');
delete from learning.slice_rates;
do $$begin
    perform pg_temp.store('', 20, 30, 50, 100, 9);
    perform pg_temp.store('C', 10, 10, 20, 61, 9);
    perform pg_temp.store('A', 10, 20, 30, 40, 9);
    perform pg_temp.store('E', 20, 30, 50, 99, 9);
    perform pg_temp.store('CE', 10, 10, 20, 60, 9);
end$$;
select is(pg_temp.write(9, true), '{"lessons": 5, "lessons_changed": 5, "retired": 1}',
    'written under other keys');
select results_eq(
    'select l.id, l.scope_subset from learning.lessons as l order by 1',
    'select * from named order by 1', 'lessons keep their scopes'
);
select results_eq(
    'select slice_key collate "default", scope_subset from learning.lessons order by slice_key',
    $$values ('', '{}'::jsonb), ('A', '{"bucket": "7"}'), ('C', '{"bucket": "a"}'),
        ('CE', '{"bucket": "a", "chain": "b"}'), ('E', '{"chain": "b"}'),
        (null, '{"bucket": "a", "chain": "b", "intent": "true"}')$$,
    'their keys are those of the dictionary; what it does not know has none'
);
insert into learning.mining_codes (pattern_key, name, value, place, code, item)
values ('pm.uptrend.S1.entry', 'intent', 'true', 3, 1, 'B');
do $$begin perform pg_temp.store('CEB', 10, 10, 20, 60, 10); perform pg_temp.write(10); end$$;
select is(
    (select count(*) from learning.lessons as l
        join named as n using (id) where l.slice_key = 'CEB' and l.status = 'active'), 1::bigint,
    'until the value is coded again'
);

select is(pg_temp.write(11, false, 101), '{"lessons": 3, "lessons_changed": 0, "retired": 3}',
    'n_min rises');
select is(pg_temp.write(12), '{"lessons": 6, "lessons_changed": 3, "retired": 0}',
    'and falls: what was retired is back, though its slice is the same');

select * from finish();
rollback;

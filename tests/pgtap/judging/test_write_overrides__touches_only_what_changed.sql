begin;
select plan(19);

create function pg_temp.wanted(p_bucket text, p_multiplier double precision)
returns learning.pm_overrides
language sql
as $$
    select jsonb_populate_record(null::learning.pm_overrides, jsonb_build_object(
        'status', 'active', 'pattern_key', 'pm.uptrend.S1.entry',
        'action_category', 'tuning_ts_min', 'scope_subset', jsonb_build_object('bucket', p_bucket),
        'multiplier', p_multiplier, 'delta', 0, 'confidence_score', 0.9, 'n', 40,
        'solution_id', 'one', 'evidence', '{}'::jsonb
    ))
$$;
insert into learning.learning_runs (id, job) overriding system value values (777, 'quadrant.judge');
insert into learning.pm_overrides (pattern_key, action_category, scope_subset, multiplier)
values ('pm.uptrend.S1.entry', 'tuning_ts_min', '{"bucket": "micro"}', 1.1);
insert into learning.pm_overrides (pattern_key, action_category, multiplier, method)
values ('pm.uptrend.S1.entry', 'tuning_ts_min', 0.95, 'drift');
delete from learning.pm_overrides_history;
do $do$ begin
    perform tests.clock_at('2026-03-01 00:00:00+00');
end $do$;

select is(
    learning.write_overrides(777, 'simulation', 'pm.uptrend.S1.entry', array[
        pg_temp.wanted('micro', 0.9), pg_temp.wanted('mid', 0.8)
    ]),
    '{"created": 2, "changed": 0, "removed": 0, "proposals": 0}', 'new ones are created'
);
select is(
    (select count(*) from learning.pm_overrides_history as h where h.run_id = 777), 2::bigint,
    'the history names the run'
);
do $do$ begin
    perform tests.clock_at('2026-03-02 00:00:00+00');
end $do$;
select is(
    learning.write_overrides(777, 'simulation', 'pm.uptrend.S1.entry', array[
        pg_temp.wanted('micro', 0.9), pg_temp.wanted('mid', 0.8)
    ]),
    '{"created": 0, "changed": 0, "removed": 0, "proposals": 0}', 'as wanted: untouched'
);
select is(
    (select max(o.last_updated_at) from learning.pm_overrides as o where o.method = 'simulation'),
    '2026-03-01 00:00:00+00'::timestamptz, 'their time stays that of the last change'
);
select is((select count(*) from learning.pm_overrides_history), 2::bigint, 'nothing for the history');
select is(
    learning.write_overrides(777, 'simulation', 'pm.uptrend.S1.entry', array[pg_temp.wanted('micro', 0.85)]),
    '{"created": 0, "changed": 1, "removed": 1, "proposals": 0}', 'one changes, one outlived its evidence'
);
select results_eq(
    $$select h.change, (h.old_row ->> 'multiplier')::numeric, (h.new_row ->> 'multiplier')::numeric
    from learning.pm_overrides_history as h where h.change <> 'INSERT' order by 1$$,
    $$values ('DELETE', 0.8, null), ('UPDATE', 0.9, 0.85)$$, 'the history keeps old and new'
);
select is(
    (select o.multiplier from learning.pm_overrides as o where o.method = 'manual'),
    1.1::double precision, 'a person''s override stays as it is'
);
select is(
    (select o.multiplier from learning.pm_overrides as o where o.method = 'drift'),
    0.95::double precision, 'another method''s too'
);
select is(
    learning.write_overrides(777, 'simulation', 'pm.uptrend.S1.entry', '{}'),
    '{"created": 0, "changed": 0, "removed": 1, "proposals": 0}', 'nothing wanted removes what is left'
);
select is(
    (select count(*) from learning.pm_overrides), 2::bigint, 'and only of this method'
);
select is(
    (select count(*) from learning.learning_log as l where l.event = 'Override removed'), 2::bigint,
    'every removal is logged'
);

-- Evidence that moves is no change.
delete from learning.pm_overrides_history;
delete from learning.learning_log;
create function pg_temp.write(p_rows learning.pm_overrides[])
returns jsonb
language sql
as $$ select learning.write_overrides(777, 'simulation', 'pm.uptrend.S1.entry', p_rows) $$;
create function pg_temp.varied(p_bucket text, p_change jsonb)
returns learning.pm_overrides
language sql
as $$
    select jsonb_populate_record(pg_temp.wanted(p_bucket, 0.9::double precision), p_change)
$$;
insert into learning.lessons (id, module, lesson_type, pattern_key, n) overriding system value
values (55, 'pm', 'tuning_rates', 'pm.uptrend.S1.entry', 40);
select is(
    pg_temp.write(array[pg_temp.wanted('a', 0.9), pg_temp.varied('b', '{"status": "proposed"}')]),
    '{"created": 1, "changed": 0, "removed": 0, "proposals": 1}', 'one in force, one proposed'
);
select is(
    pg_temp.write(array[
        pg_temp.varied('a', '{"confidence_score": 0.91, "n": 41, "evidence": {"q": 0.09}}'),
        pg_temp.varied('b', '{"status": "proposed", "evidence": {"q": 0.2}}')
    ]),
    '{"created": 0, "changed": 0, "removed": 0, "proposals": 0}', 'q noise is no change'
);
select is(
    pg_temp.write(array[
        pg_temp.varied('a', '{"status": "proposed"}'), pg_temp.varied('b', '{"lesson_id": 55}')
    ]),
    '{"created": 1, "changed": 0, "removed": 1, "proposals": 0}', 'they change places'
);
select is(
    pg_temp.write(array[
        pg_temp.varied('a', '{"status": "proposed", "multiplier": 0.8, "solution_id": "two"}'),
        pg_temp.varied('b', '{"lesson_id": 55}')
    ]),
    '{"created": 0, "changed": 0, "removed": 0, "proposals": 1}', 'a proposal changes'
);
select is(
    pg_temp.write(array[pg_temp.varied('b', '{"lesson_id": 55}')]),
    '{"created": 0, "changed": 0, "removed": 0, "proposals": 1}', 'and is withdrawn'
);
select is(
    (select count(*) from learning.pm_overrides_history), 6::bigint, 'history has the changes only'
);
select results_eq(
    $$select l.event, l.data -> 'scope_subset' ->> 'bucket' from learning.learning_log as l
    order by l.id$$,
    $$values ('Override created', 'a'), ('Override proposed', 'b'),
        ('Override became a proposal', 'a'), ('Override created', 'b'),
        ('Proposal changed', 'a'), ('Proposal withdrawn', 'a')$$,
    'what is only proposed is not logged as an override'
);

select * from finish();
rollback;

begin;
select plan(49);

create function pg_temp.gates(p_change jsonb) returns jsonb language sql as $$
    select jsonb_build_array(
        '{"gate": "volume_surge", "direction": "at_least", "base": 2.0,
            "steps": [0.5, 0.25, 0, -0.25, -0.5]}'::jsonb || p_change,
        '{"gate": "slope", "direction": "at_least", "base": 0, "steps": [-0.01, 0, 0.01],
            "min_value": -1, "max_value": 1, "value_key": "range_slope"}'::jsonb
    )
$$;

select results_eq(
    $$select gate, value_key, direction, base, steps, adjust, min_value, max_value,
        action_category, written
    from pm.register_gates('pm.breakout.range.entry', pg_temp.gates('{}'))$$,
    $$values ('volume_surge', 'volume_surge', 'at_least', 2.0::float8,
            '{-0.5,-0.25,0,0.25,0.5}'::float8[], 'multiplier', 1.5::float8, 2.5::float8,
            'tuning_volume_surge', 'new'),
        ('slope', 'range_slope', 'at_least', 0, '{-0.01,0,0.01}', 'delta', -1, 1,
            'tuning_slope', 'new')$$,
    'gates are registered, what is not said follows from base and steps'
);
select results_eq(
    $$select gate, value from pm.gates('pm.breakout.range.entry', '{}')$$,
    $$values ('volume_surge', 2.0::float8), ('slope', 0)$$, 'and answered'
);
select results_eq(
    $$select distinct written
    from pm.register_gates('module=pm|pattern_key=breakout.range.entry', pg_temp.gates('{}'))$$,
    $$values ('unchanged')$$, 'the same again changes nothing'
);
select throws_ok(
    $$select pm.register_gates('pm.breakout.range.entry', pg_temp.gates('{"base": 2.1}'))$$,
    'QD043', null, 'another base is not taken by the way'
);
select is(
    (select max(base) from pm.gate_registry() where pattern_key = 'pm.breakout.range.entry'),
    2.0::float8, 'it stands'
);
select results_eq(
    $$select gate, base, written from pm.register_gates(
        'pm.breakout.range.entry', pg_temp.gates('{"base": 2.1}'), true)$$,
    $$values ('volume_surge', 2.1::float8, 'changed'), ('slope', 0, 'unchanged')$$,
    'unless it is meant'
);
select results_eq(
    $$select gate, written from pm.register_gates('pm.breakout.range.entry',
        jsonb_build_array(pg_temp.gates('{"base": 2.1}') -> 1), true)$$,
    $$values ('slope', 'changed'), ('volume_surge', 'removed')$$,
    'a gate may go, the others move up'
);
select is(
    (select count(*) from learning.gates where pattern_key = 'pm.breakout.range.entry'), 1::bigint,
    'it is gone'
);
select is(
    (select count(*) from learning.learning_log where event = 'Gates registered'), 3::bigint,
    'every change is in the log, and nothing else'
);

create temporary table bad (change jsonb, code text);
insert into bad values
    ('{"gate": null}', 'QD042'), ('{"gate": "Volume surge"}', 'QD042'), ('{"gate": {}}', 'QD014'),
    ('{"gate": "x\"); drop table learning.gates; --"}', 'QD042'), ('{"gate": "slope"}', 'QD042'),
    ('{"gate": "trail_mult"}', 'QD042'), ('{"direction": "above"}', 'QD042'),
    ('{"base": null}', 'QD042'), ('{"base": "NaN"}', 'QD005'), ('{"base": "two"}', 'QD014'),
    ('{"steps": null}', 'QD042'), ('{"steps": [0.5]}', 'QD042'), ('{"steps": [0]}', 'QD042'),
    ('{"steps": [0, null]}', 'QD042'), ('{"steps": [0, "x"]}', 'QD014'),
    ('{"steps": [0,1,2,3,4,5,6,7,8,9]}', 'QD042'), ('{"min_value": 3}', 'QD042'),
    ('{"adjust": "twice"}', 'QD042'), ('{"steps": [-2, 0], "adjust": "multiplier"}', 'QD042'),
    ('{"base": 1e-300, "steps": [0, 1e300]}', 'QD042'), ('{"base": 1.1e9}', 'QD042'),
    ('{"steps": [-1.1e9, 0]}', 'QD042'), ('{"min_value": -1.1e9}', 'QD042'),
    ('{"max_value": 1.1e9}', 'QD042'), ('{"base": 1e308, "steps": [0, 1e308]}', 'QD042'),
    ('{"steps": [0, 199], "adjust": "multiplier"}', 'QD042'),
    ('{"steps": [-1.99, 0], "adjust": "multiplier"}', 'QD042'),
    ('{"base": 1e-300, "steps": [0, 1e-301], "adjust": "multiplier"}', 'QD042'),
    ('{"base": 5e-324, "steps": [0, 1], "adjust": "multiplier"}', 'QD042'),
    ('{"steps": [0, 1e-13]}', 'QD042'), ('{"base": 1e9, "steps": [0, 1e-9]}', 'QD042');
select throws_ok(
    format('select pm.register_gates(%L, pg_temp.gates(%L))', 'pm.other.entry', b.change), b.code,
    null, b.code || ': ' || b.change
)
from bad as b;
select throws_ok(
    $$select pm.register_gates('pm.other.entry', (
        select jsonb_agg((pg_temp.gates('{}') -> 0) || jsonb_build_object('gate', 'g' || i))
        from generate_series(1, 6) as i))$$,
    'QD042', null, 'more gates than can be searched'
);
select throws_ok(
    $$select pm.register_gates('pm.other.entry', '{}')$$, 'QD014', null, 'gates are an array'
);
select throws_ok(
    $$select pm.register_gates('breakout', pg_temp.gates('{}'))$$, 'QD001', null, 'of a pattern'
);
select throws_ok(
    $$select pm.register_gates('pm.s1_entry', pg_temp.gates('{}'), true)$$, 'QD044', null,
    'and not of the uptrend''s'
);
select results_eq(
    $$select adjust from pm.register_gates('pm.wide.entry', '[
        {"gate": "a", "direction": "at_least", "base": 2, "steps": [-1.98, 0, 198]},
        {"gate": "b", "direction": "at_least", "base": 2, "steps": [0, 199]},
        {"gate": "c", "direction": "at_least", "base": 0, "steps": [-1e9, 0, 1e9]}]')$$,
    $$values ('multiplier'), ('delta'), ('delta')$$, 'what a multiplier cannot say is a delta'
);
select throws_ok(
    format('update learning.gates set %s where pattern_key = %L', u.change, 'pm.wide.entry'),
    '23514', null, 'nor does the table take it: ' || u.change
)
from (values
    ($$base = 1e300, max_value = 1e301, steps = '{0}'$$),
    ($$steps = '{0,NaN}', adjust = 'delta'$$)
) as u (change);
select is(
    tests.sqlstate_as('quadrant_pm', $$select pm.register_gates('pm.other.entry',
        '[{"gate": "width", "direction": "at_most", "base": 1, "steps": [-0.1, 0, 0.1]}]')$$),
    null, 'the PM may register'
);
select is(
    tests.sqlstate_as('quadrant_pm', 'update learning.gates set base = 0'), '42501',
    'and nothing else'
);

select * from finish();
rollback;

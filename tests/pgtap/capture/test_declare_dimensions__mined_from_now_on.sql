begin;
select plan(8);

create function pg_temp.register(p_dimensions text[]) returns bigint language sql as $$
    select count(*) from pm.register_gates('pm.dip.entry',
        '[{"gate": "width", "direction": "at_most", "base": 1, "steps": [-0.1, 0, 0.1]}]',
        p_dimensions => p_dimensions)
$$;

select is(
    tests.sqlstate_as('quadrant_pm', $$select pm.register_gates('pm.dip.entry',
        '[{"gate": "width", "direction": "at_most", "base": 1, "steps": [-0.1, 0, 0.1]}]',
        p_dimensions => '{pair,weekday}')$$),
    null, 'the PM declares the keys of its scopes'
);
select is(pg_temp.register('{pair,weekday,pair,btc_micro}'), 1::bigint, 'more of them');
select results_eq(
    $$select name, enabled, ordinal - min(ordinal) over () from learning.scope_dimensions
    where name in ('pair', 'weekday') order by ordinal$$,
    $$values ('pair', true, 0), ('weekday', true, 1)$$, 'unknown ones are registered and mined'
);
select is(
    (select enabled from learning.scope_dimensions where name = 'btc_micro'), true,
    'known ones are turned on'
);
select is(
    pg_temp.register('{pair}') + pg_temp.register('{}') + pg_temp.register(null), 3::bigint,
    'all is well again'
);
select is(
    (select count(*) from learning.scope_dimensions where name in ('pair', 'weekday')
        and enabled),
    2::bigint, 'again, or without, changes nothing'
);
select results_eq(
    $$select data -> 'dimensions' from learning.learning_log
    where event = 'Scope dimensions mined' order by id$$,
    $$values ('["btc_micro", "pair", "weekday"]'::jsonb)$$, 'the log says so once'
);
select throws_ok(
    $$select pg_temp.register('{pair,"A B"}')$$, 'QD014', null, 'a dimension is a word'
);

select * from finish();
rollback;

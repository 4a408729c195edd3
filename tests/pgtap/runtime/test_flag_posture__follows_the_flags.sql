begin;
select plan(20);

create function pg_temp.posture(p_flags jsonb, p_a float8 default 0.5, p_e float8 default 0.5)
returns text language sql as $$
    select format('%s %s', round(f.a_flags::numeric, 9)::float8, round(f.e_flags::numeric, 9)::float8)
    from pm.flag_posture(p_flags, p_a, p_e) as f
$$;

select is(pg_temp.posture('{}'), '0.5 0.5', 'no flags: neutral');
select is(pg_temp.posture('{}', 0.9, 0.1), '0.5 0.5', 'the flags alone decide');
select is(pg_temp.posture('{"bucket": {"buy": true}}'), '0.635 0.365', 'a buy of the bucket: .9 x .15');
select is(pg_temp.posture('{"alt": {"buy": true}}'), '0.575 0.425', 'of alts: .5 x .15');
select is(pg_temp.posture('{"btc": {"trim": true}}'), '0.44 0.56', 'a trim of BTC: .3 x .20');
select is(
    pg_temp.posture('{"btc": {"emergency": true}}'), '0.38 0.62', 'an emergency of BTC: .3 x .40'
);
select is(pg_temp.posture('{"usdtd": {"buy": true}}'), '0.35 0.65', 'USDT.D is inverse for buy');
select is(pg_temp.posture('{"usdtd": {"trim": true}}'), '0.7 0.3', 'and for trim');
select is(pg_temp.posture('{"usdtd": {"emergency": true}}'), '0.1 0.9', 'never for an emergency');
select is(
    pg_temp.posture('{"btcd": {"buy": true, "trim": true, "emergency": true}}'),
    '0.255 0.745', 'BTC.D: .7 x (-.15 + .20 - .40)'
);
select is(
    pg_temp.posture('{"usdtd": {"emergency": true}, "bucket": {"emergency": true}, "alt": null}'),
    '0 1', 'within 0 and 1'
);
select is(
    pg_temp.posture('{"btc": {"buy": false, "trim": null}, "alt": {}}'), '0.5 0.5',
    'down and not known are no flags'
);

-- The switch keeps other keys, with and without a row.
select learning.set_setting('n_min', '40');
create temporary table before as
select c.config_data from learning.learning_configs as c where c.module_id = 'pm';
select learning.set_setting('ae_v2_enabled', 'false');
select is(pg_temp.posture('{"btc": {"trim": true}}', 0.9, 0.2), '0.9 0.2', 'off: the caller''s own');
select is(
    (select c.config_data #- '{feature_flags,ae_v2_enabled}'
        from learning.learning_configs as c where c.module_id = 'pm'),
    (select b.config_data #- '{feature_flags,ae_v2_enabled}' from before as b),
    'other keys are kept'
);
delete from learning.learning_configs where module_id = 'pm';
select is(pg_temp.posture('{"btc": {"trim": true}}', 0.9, 0.2), '0.44 0.56', 'no row: on');
select learning.set_setting('ae_v2_enabled', 'false');
select is(
    (select c.config_data from learning.learning_configs as c where c.module_id = 'pm'),
    '{"feature_flags": {"ae_v2_enabled": false}}'::jsonb, 'the row is made'
);

select throws_ok(
    $$select pm.flag_posture('{"eth": {"buy": true}}')$$, 'QD060', 'unknown driver ''eth''',
    'an unknown driver'
);
select throws_ok(
    $$select pm.flag_posture('{"btc": {"sell": true}}')$$, 'QD060', 'unknown flag ''sell'' of btc',
    'an unknown flag'
);
select throws_ok(
    $$select pm.flag_posture('{"btc": {"buy": "yes"}}')$$, 'QD060',
    'the flag buy of btc is neither true nor false: "yes"', 'a flag that is no boolean'
);
select throws_ok(
    $$select pm.flag_posture('[]')$$, 'QD060', 'the flags of the market are not an object',
    'no object'
);

select * from finish();
rollback;

begin;
select plan(13);

create function pg_temp.value(p_gate text, p_pattern text default 'pm.uptrend.S1.entry')
returns double precision language sql as $$
    select g.value from pm.gates(p_pattern, '{"timeframe": "15m"}') as g where g.gate = p_gate
$$;
create function pg_temp.flag(p_flags jsonb) returns void language sql as $$
    update learning.learning_configs
    set config_data = jsonb_set(config_data, '{feature_flags}', config_data -> 'feature_flags' || p_flags)
    where module_id = 'pm'
$$;

select results_eq(
    $$select gate, base, value, override_id from pm.gates('pm.uptrend.S1.entry', '{}')$$,
    $$values ('ts', 0.6::double precision, 0.6::double precision, null::bigint),
        ('halo', 1, 1, null), ('slope', 0, 0, null)$$,
    'without overrides every gate is at base'
);
insert into learning.pm_overrides (pattern_key, action_category, multiplier, delta)
values
    ('pm.uptrend.S1.entry', 'tuning_ts_min', 0.9, 0),
    ('pm.uptrend.S1.entry', 'tuning_halo', 50, 0),
    ('pm.uptrend.S1.entry', 'tuning_slope_min', 1, -0.01),
    ('pm.uptrend.S3.dx', 'tuning_dx_atr_mult', 0.1, 0);
select is(round(pg_temp.value('ts')::numeric, 9), 0.54::numeric, 'a multiplier multiplies the base');
select is(pg_temp.value('halo'), 3.0::double precision, 'the value stays within the gate''s range');
select is(pg_temp.value('slope'), -0.01::double precision, 'a delta is added: slope''s base is 0');
select is(
    pg_temp.value('dx_atr_mult', 'pm.uptrend.S3.dx'), 2.0::double precision,
    'the ladder''s distance is clamped at 2 ATRs'
);

do $$begin perform pg_temp.flag('{"tuning_overrides_enabled": {"pm.uptrend.S1.entry": {"ts": false}}}'); end$$;
select is(pg_temp.value('ts'), 0.6::double precision, 'one gate switched off is at base');
select is(pg_temp.value('slope'), -0.01::double precision, 'the others are not');
do $$begin perform pg_temp.flag('{"tuning_overrides_enabled": {"pm.uptrend.S1.entry": false}}'); end$$;
select is(pg_temp.value('slope'), 0::double precision, 'a pattern switched off is at base');
select is(
    pg_temp.value('dx_atr_mult', 'pm.uptrend.S3.dx'), 2.0::double precision, 'the others are not'
);
do $$begin perform pg_temp.flag('{"tuning_overrides_enabled": false}'); end$$;
select is(
    pg_temp.value('dx_atr_mult', 'pm.uptrend.S3.dx'), 6.0::double precision, 'off is off for all'
);
do $$begin perform pg_temp.flag('{"tuning_overrides_enabled": true, "shadow": true}'); end$$;
select is(pg_temp.value('ts'), 0.6::double precision, 'in shadow nothing is applied');
select is(
    (select count(*) from pm.effective_overrides('pm.uptrend.S1.entry', '{}')), 0::bigint,
    'nor said to be in force'
);
do $$begin perform pg_temp.flag('{"shadow": false}'); end$$;
select is(round(pg_temp.value('ts')::numeric, 9), 0.54::numeric, 'switches act at the next read');

select * from finish();
rollback;

begin;
select plan(23);

-- Legacy spellings are translated on a plain INSERT.
insert into learning.pm_overrides (pattern_key, action_category, multiplier, scope_subset)
values ('pm.uptrend.S2.buy_flag', 'tuning_s2_ts_min', 1.1, '{"a": 1}'),
    ('module=pm|pattern_key=uptrend.S2.entry', 'tuning_s2_halo', 1.2, '{"a": 2}'),
    ('pm.s2_entry', 'tuning_s2_halo_mult', 1.3, '{"a": 3}'),
    ('pm.s1_entry', 'tuning_ts_min', 1.4, '{"a": 4}');
select results_eq(
    $$select o.pattern_key, o.action_category, o.multiplier from learning.pm_overrides as o
    order by o.multiplier$$,
    $$values ('pm.uptrend.S2.entry', 'tuning_ts_min', 1.1::double precision),
        ('pm.uptrend.S2.entry', 'tuning_halo', 1.2), ('pm.uptrend.S2.entry', 'tuning_halo', 1.3),
        ('pm.uptrend.S1.entry', 'tuning_ts_min', 1.4)$$,
    'the state lives in the pattern key'
);
select is(
    (select g.value from pm.gates('pm.uptrend.S2.entry', '{"a": 2}') as g where g.gate = 'halo'),
    0.6::double precision, 'and they act'
);
update learning.pm_overrides set action_category = 'tuning_s2_halo' where multiplier = 1.1;
select is(
    (select o.action_category from learning.pm_overrides as o where o.multiplier = 1.1),
    'tuning_halo', 'an update is translated too'
);

-- What could never act is refused.
select throws_ok(
    format(
        'insert into learning.pm_overrides (pattern_key, action_category) values (%L, %L)',
        r.pattern_key, r.category
    ),
    r.code, null, r.pattern_key || ' ' || r.category
)
from (values
    ('pm.uptrend.S9.entry', 'tuning_ts_min', 'QD001'),
    ('breakout', 'tuning_ts_min', 'QD001'),
    ('pm.uptrend.S1.entry', 'tuning_dx_min', 'QD050'),
    ('pm.uptrend.S1.entry', 'tuning_s2_halo', 'QD050'),
    ('pm.uptrend.S3.retest', 'tuning_s3_halo', 'QD050'),
    ('pm.uptrend.S3.dx', 'tuning_dx_ladder', 'QD050'),
    ('pm.breakout.range.entry', 'tuning_volume_surge', 'QD050'),
    ('pm.uptrend.S1.entry', 'dm_alloc', 'QD050'),
    ('dm.curators.first', 'pm_strength', 'QD050'),
    ('dm.curators.first', 'tuning_ts_min', 'QD050'),
    ('pm.uptrend.S1.entry', 'tuning_trail_mult', '23514')
) as r (pattern_key, category, code);
select throws_like(
    $$insert into learning.pm_overrides (pattern_key, action_category)
    values ('pm.uptrend.S1.entry', 'tuning_dx_min')$$,
    '%tuning_dx_min for pm.uptrend.S1.entry could never act%', 'by a sentence that says so'
);
select lives_ok(
    $$insert into learning.pm_overrides (pattern_key, action_category, multiplier)
    values ('pm.uptrend.S1.entry', 'pm_strength', null), ('dm.curators.first', 'dm_alloc', 1),
        ('pm.uptrend.S3.dx', 'tuning_dx_atr_mult', 1.2)$$,
    'strength, dm_alloc and the arms of the ladder are known'
);
do $do$ begin
    perform pm.register_gates('pm.breakout.range.entry',
        '[{"gate": "volume_surge", "direction": "at_least", "base": 2, "steps": [0, 1]}]');
end $do$;
select lives_ok(
    $$insert into learning.pm_overrides (pattern_key, action_category)
    values ('pm.breakout.range.entry', 'tuning_volume_surge')$$,
    'once its gates are registered a pattern takes overrides'
);

-- Values within reach.
select throws_ok(
    format(
        'insert into learning.pm_overrides (pattern_key, action_category, %s)
        values (''pm.uptrend.S1.entry'', ''tuning_halo'', %L)', v.lever, v.value
    ),
    '23514', null, v.lever || ' ' || v.value
)
from (values
    ('multiplier', '0.009'), ('multiplier', '101'), ('multiplier', 'NaN'),
    ('delta', '1.1e9'), ('delta', '-Infinity')
) as v (lever, value);
select lives_ok(
    $$insert into learning.pm_overrides (pattern_key, action_category, multiplier, scope_subset)
    values ('pm.uptrend.S1.entry', 'tuning_halo', (2 - 1.98) / 2.0::double precision, '{"b": 1}'),
        ('pm.uptrend.S1.entry', 'tuning_halo', 100, '{"b": 2}')$$,
    'the ends are taken, as computed'
);

select * from finish();
rollback;

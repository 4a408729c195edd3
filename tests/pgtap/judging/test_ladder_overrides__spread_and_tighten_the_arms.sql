begin;
select plan(9);

insert into learning.lessons (
    module, lesson_type, pattern_key, action_category, scope_subset, n, stats
)
select 'pm', 'tuning_rates', 'pm.uptrend.S3.dx', 'tuning_dx_ladder',
    jsonb_build_object('bucket', l.bucket), 60,
    jsonb_build_object('n_success', l.n_success, 'ladder_pressure', l.pressure)
from (values ('threes', 50, 0.5), ('ones', 200, -0.5), ('even', 40, 0.05),
    ('just more', 40, 0.102), ('not yet', 40, 0.096), ('just fewer', 40, -0.102),
    ('not yet fewer', 40, -0.1)) as l
    (bucket, n_success, pressure);

select is(
    round(learning.ladder_multiplier(0.5)::numeric, 4), 1.1052, 'more threes spread the arms'
);
select is(round(learning.ladder_multiplier(-0.5)::numeric, 4), 0.9048, 'more ones tighten them');
select is(learning.ladder_multiplier(10), 1.5::double precision, 'at most 1.5');
select is(learning.ladder_multiplier(-10), 0.7::double precision, 'at least 0.7');
select is(learning.ladder_multiplier(1e300), 1.5::double precision, 'whatever the pressure');
select results_eq(
    $$select o.scope_subset ->> 'bucket', round(o.multiplier::numeric, 4), o.confidence_score
    from learning.ladder_overrides('pm.uptrend.S3.dx') as o order by 1$$,
    $$values ('just fewer', 0.9798, 0.4::double precision), ('just more', 1.0206, 0.4),
        ('ones', 0.9048, 1), ('threes', 1.1052, 0.5)$$,
    'within 0.02 of 1 nothing is written; confidence is n_success / 100, at most 1'
);
select is(
    learning.write_overrides(null, 'ladder', 'pm.uptrend.S3.dx', array(select learning.ladder_overrides('pm.uptrend.S3.dx'))),
    '{"created": 0, "changed": 0, "removed": 0, "proposals": 4}', 'they become proposals'
);
select results_eq(
    $$select distinct o.action_category, o.method from learning.pm_overrides as o$$,
    $$values ('tuning_dx_atr_mult', 'ladder')$$, 'of the ladder''s own category and method'
);

update learning.learning_configs as c
set config_data = jsonb_set(c.config_data, '{tuning}', c.config_data -> 'tuning' || '{"profile": "plan"}')
where c.module_id = 'pm';
select is(
    (select distinct o.status from learning.ladder_overrides('pm.uptrend.S3.dx') as o), 'active',
    'under the profile plan they act'
);

select * from finish();
rollback;

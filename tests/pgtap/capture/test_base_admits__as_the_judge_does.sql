begin;
select plan(9);

select is(learning.base_admits('pm.uptrend.S1.entry', '[
    {"ts_score": 0.7, "halo_distance": 1.1, "slope": 0.1},
    {"ts_score": 0.6, "halo_distance": 1, "slope": 0}
]'), true, 'some sample passes all gates, at the threshold too');
select is(learning.base_admits('pm.uptrend.S1.entry', '[
    {"ts_score": 0.7, "halo_distance": 1.1, "slope": 0.1},
    {"ts_score": 0.5, "halo_distance": 0.5, "slope": 0.1}
]'), false, 'no one sample passes all of them');
select is(
    learning.base_admits('pm.uptrend.S1.entry', '[{"ts_score": 0.7, "halo_distance": 0.5}]'),
    false, 'a value that is missing fails its gate'
);
select is(learning.base_admits('pm.uptrend.S1.entry', '[]'), null, 'no samples: not known');
select is(learning.base_admits('pm.uptrend.S1.entry', null), null, 'nor without any');
select is(learning.base_admits('pm.mine.dip', '[{"ts_score": 1}]'), null, 'nor without gates');
select is(
    learning.base_admits('pm.uptrend.S3.retest', jsonb_build_array(jsonb_build_object(
        'ts_score', 0.9, 'slope', 1, 'dx_score', 0.65, 'dx_adjustment', 0.1
    ))), false, 'what a bar adds to a threshold counts'
);
select is(
    learning.base_admits('pm.uptrend.S3.retest', jsonb_build_array(jsonb_build_object(
        'ts_score', 0.9, 'slope', 1, 'dx_score', 0.65, 'dx_adjustment', 0.05
    ))), true, 'as much as it adds'
);
select is(
    learning.base_admits('pm.uptrend.S3.dx', '[{"dx_score": 0.9}]'), true,
    'the ladder''s arms test no bar'
);

select * from finish();
rollback;

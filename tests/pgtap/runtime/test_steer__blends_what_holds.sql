begin;
select plan(17);

create function pg_temp.hold(
    p_scope jsonb, p_dir_a float8, p_dir_e float8, p_confidence float8
) returns bigint language sql as $$
    insert into learning.pm_overrides (
        pattern_key, action_category, multiplier, scope_subset, dir_a, dir_e, confidence_score,
        method
    )
    values (
        'pm.uptrend.S1.entry', 'pm_strength', null, p_scope, p_dir_a, p_dir_e, p_confidence,
        'strength'
    )
    returning id
$$;
create function pg_temp.steer(p_a float8 default 0.5, p_e float8 default 0.5)
returns table (a_final numeric, e_final numeric, size numeric, steer_max numeric, used integer)
language sql as $$
    select round(s.a_final::numeric, 9), round(s.e_final::numeric, 9),
        round(s.position_size_frac::numeric, 9), round(s.steer_max::numeric, 9),
        jsonb_array_length(s.overrides)
    from pm.steer(
        'pm.uptrend.S1.entry', '{"timeframe": "15m", "bucket": "micro"}', p_a, p_e
    ) as s
$$;

select results_eq(
    'select * from pg_temp.steer(0.3, 0.8)', $$values (0.3, 0.8, 0.25, 0.0, 0)$$,
    'no override: A and E as they came'
);

-- One global override is enough; steer_max by confidence.
do $$begin perform pg_temp.hold('{}', 1, -1, 0.2); end$$;
select results_eq(
    'select * from pg_temp.steer()', $$values (0.535, 0.465, 0.3675, 0.07, 1)$$,
    'confidence .2: at most .07, of the room there is: .5 + .07 x .5'
);
update learning.pm_overrides set confidence_score = 0.6;
select is((select steer_max from pg_temp.steer()), 0.15, 'confidence .6: .15');
update learning.pm_overrides set confidence_score = 0.9;
select is((select steer_max from pg_temp.steer()), 0.21, 'confidence .9: .21');
update learning.pm_overrides set confidence_score = 1;
select is((select steer_max from pg_temp.steer()), 0.22, 'never more than .22');
select results_eq(
    'select * from pg_temp.steer(1, 0)', $$values (1.0, 0.0, 0.6, 0.22, 1)$$,
    'there is no room above 1 and below 0'
);

-- 0.5 (weight 0.5) and a narrower 0.8 (weight 3 x 0.8 = 2.4): direction (0.5 - 2.4)/2.9 and
-- confidence (0.25 + 1.92)/2.9; one of 0.3 is dropped where others have 0.40.
update learning.pm_overrides set confidence_score = 0.5, dir_e = 0;
do $$begin perform pg_temp.hold('{"timeframe": "15m", "bucket": "micro"}', -1, 0, 0.8); end$$;
do $$begin perform pg_temp.hold('{"timeframe": "15m"}', -1, 1, 0.3); end$$;
do $$begin perform pg_temp.hold('{"bucket": "big"}', 1, 1, 1); end$$;
select results_eq(
    'select * from pg_temp.steer()',
    $$select round(0.5 + s.x * -1.9 / 2.9 * 0.5, 9), 0.5,
        round(0.1 + 0.5 * (0.5 + s.x * -1.9 / 2.9 * 0.5), 9), round(s.x, 9), 2
    from (values (0.03 + 0.2 * 2.17 / 2.9)) as s (x)$$,
    'weights are (1 + conditions) x confidence; below .40 is dropped where another is not'
);
select results_eq(
    $$select round((o ->> 'weight')::numeric, 9), o -> 'scope_subset' from pm.steer(
        'pm.uptrend.S1.entry', '{"timeframe": "15m", "bucket": "micro"}', 0.5, 0.5
    ) as s cross join jsonb_array_elements(s.overrides) as o$$,
    $$values (2.4, '{"bucket": "micro", "timeframe": "15m"}'::jsonb), (0.5, '{}')$$,
    'those used are named, with their weights'
);
update learning.pm_overrides set confidence_score = least(confidence_score, 0.39);
select is((select used from pg_temp.steer()), 3, 'all below .40: all count');

update learning.pm_overrides set status = 'proposed' where scope_subset <> '{}';
select is((select used from pg_temp.steer()), 1, 'proposals do not count');

-- Switches.
select learning.set_setting(
    'strength_overrides_enabled', 'false', 'pm.uptrend.S1.entry'
);
select is((select used from pg_temp.steer()), 0, 'switched off for the pattern: the inputs');
select learning.set_setting('strength_overrides_enabled', null, 'pm.uptrend.S1.entry');
select learning.set_setting('shadow', 'true');
select is((select used from pg_temp.steer()), 0, 'in shadow nothing acts');
delete from learning.learning_configs where module_id = 'pm';
select is((select used from pg_temp.steer()), 1, 'without a configuration they act');

select throws_ok(
    $$select pm.steer('pm.uptrend.S9', '{}', 0.5, 0.5)$$, 'QD001', null, 'an unknown pattern'
);
select throws_ok(
    $$select pm.steer('pm.uptrend.S1.entry', '{"a": []}', 0.5, 0.5)$$, 'QD004', null,
    'a malformed scope'
);
select throws_ok(
    $$select pm.steer('pm.uptrend.S1.entry', '{}', null, 0.5)$$, 'QD006', null, 'A is missing'
);
select throws_ok(
    $$select pm.steer('pm.uptrend.S1.entry', '{}', 0.5, 'NaN')$$, 'QD046', null,
    'E is no number from 0 to 1'
);

select * from finish();
rollback;

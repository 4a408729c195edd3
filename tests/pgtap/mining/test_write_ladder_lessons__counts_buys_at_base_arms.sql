begin;
select plan(13);

create function pg_temp.cycles(p_n int, p_bucket text, p_outcome text, p_factors jsonb, p_at timestamptz)
returns void language sql as $$
    insert into learning.pattern_episode_events (
        episode_type, pattern_key, scope, decision, outcome, decided_at, factors
    )
    select 's3_dx', 'pm.uptrend.S3.dx', jsonb_build_object('bucket', p_bucket, 'chain', 'solana'),
        'acted', p_outcome, p_at, p_factors
    from generate_series(1, p_n)
$$;
do $$begin perform pg_temp.cycles(20, 'nano', 'success', '{"dx_count": 3}', '2026-01-10'); end$$;
do $$begin perform pg_temp.cycles(8, 'nano', 'success', '{"dx_count": 2}', '2026-01-10'); end$$;
do $$begin perform pg_temp.cycles(5, 'nano', 'success', '{"dx_count": 1}', '2026-01-10'); end$$;
do $$begin perform pg_temp.cycles(11, 'nano', 'failure', '{"dx_count": 3}', '2026-01-10'); end$$;
do $$begin perform pg_temp.cycles(32, 'big', 'success', '{"dx_count": 1}', '2026-01-20'); end$$;
do $$begin perform pg_temp.cycles(99, 'big', 'failure', '{"dx_count": 1}', '2026-01-20'); end$$;
-- Nothing was bought, or not yet judged: no cycle of the ladder.
do $$begin perform pg_temp.cycles(50, 'big', 'success', '{"dx_count": 0}', '2026-01-20'); end$$;
do $$begin perform pg_temp.cycles(50, 'big', null, '{"dx_count": 1}', '2026-01-20'); end$$;

select cmp_ok((tests.mine('2026-01-21') -> 'lessons_changed')::int, '>=', 4, 'lessons of both kinds');
select results_eq(
    $$select scope_subset, stats from learning.learning_lessons
        where action_category = 'tuning_dx_ladder' and scope_subset = '{"bucket": "nano"}'$$,
    $$values ('{"bucket": "nano"}'::jsonb, '{"count_1": 5, "count_2": 8, "count_3": 20, "n_success": 33,
        "n_failure": 11, "failure_rate": 0.25, "avg_dx_count": 2.4545454545454546,
        "ladder_pressure": 0.45454545454545453}'::jsonb)$$,
    '33 successes are enough'
);
select results_eq(
    $$select scope_subset, n_success, n from analyst.ladder_lessons order by n$$,
    $$values ('{"bucket": "nano"}'::jsonb, 33::bigint, 44::bigint), ('{}', 65, 175)$$,
    '32 are not, and chain=solana is a copy'
);
select results_eq(
    $$select scope_subset, round(multiplier::numeric, 4) from learning.ladder_overrides('pm.uptrend.S3.dx') order by n$$,
    $$values ('{"bucket": "nano"}'::jsonb, 1.0952), ('{}', 0.9490)$$, 'the judge reads them'
);

create temporary table before as
select * from learning.learning_lessons where action_category = 'tuning_dx_ladder';
update learning.pattern_episode_events set factors = factors || '{"x": 1}' where scope ->> 'bucket' = 'nano';
do $$begin perform tests.mine('2026-01-22'); end$$;
select results_eq(
    $$select * from learning.learning_lessons where action_category = 'tuning_dx_ladder' order by id$$,
    'select * from before order by id', 'what is the same is not touched'
);

-- Factors are what the bot told: what is no number counts nothing, and stops nothing.
do $$declare v_factors jsonb; begin
    foreach v_factors in array array[
        '{"dx_count": "2"}', '{"dx_count": null}', '{"dx_count": [2]}', '{"dx_count": 1e400}',
        '{"dx_count": 0, "fill_depth_atrs": "1"}'
    ]::jsonb[] loop
        perform pg_temp.cycles(1, 'odd', 'success', v_factors, '2026-01-20');
    end loop;
    perform pg_temp.cycles(1, 'odd', 'success', f, '2026-01-20')
    from unnest(array['{"dx_count": 2, "fill_depth_atrs": "1"}', '{"dx_count": 2, "fill_depth_atrs": null}',
        '{"dx_count": 2, "fill_depth_atrs": 1e400}']::jsonb[]) as f;
    perform tests.mine('2026-01-22');
end$$;
select results_eq(
    $$select count_1, count_2, count_3, n_failure from analyst.ladder_lessons where scope_subset = '{}'$$,
    'values (37::bigint, 10::bigint, 21::bigint, 110::bigint)',
    'a depth that is no number leaves the buys made'
);
delete from learning.pattern_episode_events where scope ->> 'bucket' = 'odd';

-- A multiplier of 3 spread the arms: bought once, but 13 ATRs deep base arms would have bought thrice.
do $$begin perform pg_temp.cycles(40, 'mid', 'success',
    '{"dx_count": 1, "fill_depth_atrs": 13.2, "dx_atr_mult_used": 18}', '2026-01-20'); end$$;
do $$begin perform pg_temp.cycles(10, 'mid', 'success',
    '{"dx_count": 3, "fill_depth_atrs": 5.9, "dx_atr_mult_used": 2}', '2026-01-20'); end$$;
do $$begin perform pg_temp.cycles(10, 'mid', 'success',
    '{"dx_count": 3, "fill_depth_atrs": 6.0, "dx_atr_mult_used": 2}', '2026-01-20'); end$$;
do $$begin perform tests.mine('2026-01-22'); end$$;
select results_eq(
    $$select count_1, count_2, count_3 from analyst.ladder_lessons where scope_subset = '{"bucket": "mid"}'$$,
    'values (10::bigint, 10::bigint, 40::bigint)', 'counted at base arms, whatever was in force'
);

update learning.learning_configs
set config_data = jsonb_set(config_data, '{patterns}', '{"pm.uptrend.S3.dx": {"n_min": 60}}')
where module_id = 'pm';
select is((tests.mine('2026-01-22') -> 'retired')::int > 0, true, 'the pattern''s own n_min');
select results_eq(
    $$select scope_subset from analyst.ladder_lessons where status = 'active' order by n$$,
    $$values ('{"bucket": "mid"}'::jsonb), ('{}')$$, 'retires what it leaves out'
);
update learning.learning_configs
set config_data = jsonb_set(config_data, '{patterns}',
    '{"pm.uptrend.S3.dx": {"n_min": 33, "lookback_days": 5}}')
where module_id = 'pm';
do $$begin perform tests.mine('2026-01-22'); end$$;
select results_eq(
    $$select scope_subset, n_success from analyst.ladder_lessons where status = 'active' order by n$$,
    $$values ('{"bucket": "mid"}'::jsonb, 60::bigint), ('{}', 92)$$, 'and its own lookback'
);
-- A day of the lookback is 24 hours, also where the session's zone changes its clocks.
do $$begin perform pg_temp.cycles(200, 'dst', 'success', '{"dx_count": 1}', '2026-03-28 12:30+00'); end$$;
set local timezone = 'Europe/Berlin';
do $$begin perform tests.mine('2026-04-02 12:00+00'); end$$;
select is(
    (select count(*) from analyst.ladder_lessons where scope_subset = '{}' and status = 'active'),
    1::bigint, 'a window of four days and 23.5 hours ago counts'
);
set local timezone = 'UTC';

select is((tests.mine('2026-03-22') -> 'retired')::int > 0, true, 'old cycles age out');
select is_empty(
    $$select from analyst.ladder_lessons where status = 'active'$$, 'and their lessons with them'
);

select * from finish();
rollback;

begin;
select plan(16);

insert into learning.lowcap_positions (token_contract, token_chain, symbol, timeframe, status, scope, total_allocation_pct)
values
    ('a', 'solana', 'A', '15m', 'watchlist', '{"timeframe": "15m", "bucket": "micro"}', 12.5),
    ('b', 'solana', 'B', '1h', 'active', '{"timeframe": "1h"}', 0),
    ('c', 'solana', 'C', '1h', 'dormant', '{}', 0),
    ('d', 'solana', 'D', '1h', 'paused', '{}', 0),
    ('e', 'solana', 'E', '1h', 'archived', '{}', 0);
select results_eq(
    'select symbol from pm.position_controls order by symbol', $$values ('A'), ('B')$$,
    'watchlist and active positions alone'
);
insert into learning.pm_overrides (pattern_key, action_category, scope_subset, multiplier, delta)
values
    ('pm.uptrend.S1.entry', 'tuning_halo', '{}', 1.1, 0),
    ('pm.uptrend.S1.entry', 'tuning_halo', '{"timeframe": "15m", "bucket": "micro"}', 1.3, 0),
    ('pm.uptrend.S2.entry', 'tuning_slope_min', '{"timeframe": "1h"}', 1, 0.02),
    ('pm.uptrend.S3.retest', 'tuning_dx_min', '{}', 1.1, 0),
    ('pm.uptrend.S3.dx', 'tuning_dx_atr_mult', '{"timeframe": "15m"}', 1.5, 0);

select results_eq(
    $$select symbol, s1_ts_min, s1_halo, s1_slope_min, s2_ts_min, s2_halo, s2_slope_min,
        s3_ts_min, round(s3_dx_min::numeric, 9), s3_slope_min, dx_atr_mult
    from pm.position_controls order by symbol$$,
    $$values
        ('A', 0.6::float8, 1.3::float8, 0::float8, 0.6::float8, 0.5::float8, 0::float8,
            0.6::float8, 0.66, 0::float8, 9::float8),
        ('B', 0.6, 1.1, 0, 0.6, 0.5, 0.02, 0.6, 0.66, 0, 6)$$,
    'typed columns: base, or the most specific override''s value'
);
select results_eq(
    $$select p.position_id, g.gate, g.value
    from pm.position_controls as p
    cross join unnest(array['pm.uptrend.S1.entry', 'pm.uptrend.S2.entry', 'pm.uptrend.S3.retest', 'pm.uptrend.S3.dx']) as k (key)
    cross join lateral jsonb_each(p.gates -> k.key) as j
    cross join lateral (select j.key as gate, (j.value ->> 'value')::float8 as value) as g
    order by 1, k.key, 2$$,
    $$select p.position_id, g.gate, g.value
    from pm.position_controls as p
    cross join unnest(array['pm.uptrend.S1.entry', 'pm.uptrend.S2.entry', 'pm.uptrend.S3.retest', 'pm.uptrend.S3.dx']) as k (key)
    cross join lateral pm.gates(k.key, p.scope) as g
    order by 1, k.key, 2$$,
    'gates says what pm.gates says, for every registered pattern'
);
select is(
    (select p.gates #> '{pm.uptrend.S1.entry,halo}' from pm.position_controls as p where p.symbol = 'B'),
    (select jsonb_build_object('base', 1.0::float8, 'value', 1.1::float8, 'override_id', o.id)
        from learning.pm_overrides as o where o.action_category = 'tuning_halo' and o.depth = 0),
    'with base and override'
);
select results_eq(
    $$select distinct entry_delay_bars, phase1_frac_mult, trim_delay_mult, trail_mult, panic_trigger,
        wait_n_after_trim, alloc_mult from pm.position_controls$$,
    $$values (0, 1::float8, 1::float8, 1::float8, 1::float8, 0, 1::float8)$$,
    'legacy knobs are neutral, and so is the multiplier without overrides'
);
select is(
    (select total_allocation_pct from pm.position_controls where symbol = 'A'), 12.5, 'the allocation'
);
select results_eq(
    $$select distinct p.posture, p.position_size_frac from pm.position_controls as p$$,
    $$select jsonb_object_agg(
        k.key, '{"a": 0.5, "e": 0.5, "position_size_frac": 0.35, "overrides": []}'::jsonb
    ), 0.35::float8
    from (select distinct g.pattern_key from learning.gates as g) as k (key)$$,
    'posture is neutral without strength overrides'
);
insert into learning.pm_overrides (
    pattern_key, action_category, scope_subset, multiplier, dir_a, dir_e, confidence_score
)
values
    ('pm.uptrend.S1.entry', 'pm_strength', '{"timeframe": "15m"}', null, -1, 1, 0.9),
    ('pm.uptrend.S2.entry', 'pm_strength', '{}', null, 1, 0, 0.2);
update learning.lowcap_positions set state = 'S2' where symbol = 'B';
select results_eq(
    $$select p.symbol, k.key, (p.posture #>> array[k.key, 'a'])::float8,
        (p.posture #>> array[k.key, 'e'])::float8, p.posture #> array[k.key, 'overrides']
    from pm.position_controls as p
    cross join unnest(array['pm.uptrend.S1.entry', 'pm.uptrend.S2.entry']) as k (key)
    order by 1, 2$$,
    $$select p.symbol, k.key, s.a_final, s.e_final, s.overrides
    from pm.position_controls as p
    cross join unnest(array['pm.uptrend.S1.entry', 'pm.uptrend.S2.entry']) as k (key)
    cross join lateral pm.steer(k.key, p.scope, 0.5, 0.5) as s
    order by 1, 2$$,
    'posture says what pm.steer says from neutral'
);
select results_eq(
    $$select p.symbol, round(p.position_size_frac::numeric, 9) from pm.position_controls as p
    order by 1$$,
    $$values ('A', 0.2975), ('B', 0.3675)$$,
    'the size is that of the entry of its state: .1 + .5 x .395, .1 + .5 x .535'
);
insert into learning.pm_overrides (pattern_key, action_category, scope_subset, multiplier)
values
    ('dm.social.curator', 'dm_alloc', '{}', 0.8),
    ('dm.social.curator', 'dm_alloc', '{"bucket": "micro"}', 1.2),
    ('dm.onchain.whale', 'dm_alloc', '{"timeframe": "15m", "bucket": "micro"}', 1.1);
select results_eq(
    'select p.symbol, p.alloc_mult from pm.position_controls as p order by 1',
    $$values ('A', 1.1::float8), ('B', 1)$$,
    'the family is told by the override with most conditions; one without tells none'
);
delete from learning.pm_overrides where pattern_key = 'dm.onchain.whale';
select is(
    (select p.alloc_mult from pm.position_controls as p where p.symbol = 'A'),
    pm.allocation_multiplier('dm.social.curator', '{"timeframe": "15m", "bucket": "micro"}'),
    'then the family''s whole blend counts'
);
do $$begin perform tests.clock_at('2026-01-15 10:09+00'); end$$;
select is(
    (select distinct as_of from pm.position_controls), '2026-01-15 10:09+00'::timestamptz, 'as of the clock'
);
update learning.learning_configs
set config_data = jsonb_set(config_data, '{feature_flags,shadow}', 'true') where module_id = 'pm';
select is(
    (select s1_halo from pm.position_controls where symbol = 'A'), 1::float8, 'shadow: base'
);
select results_eq(
    'select distinct p.position_size_frac, p.alloc_mult from pm.position_controls as p',
    'values (0.35::float8, 1::float8)', 'neutral posture, no multiplier'
);
delete from learning.learning_configs where module_id = 'pm';
select is(
    (select s1_halo from pm.position_controls where symbol = 'A'), 1.3::float8,
    'without a configuration overrides act'
);

-- No statistics may lead to reading all overrides.
insert into learning.pm_overrides (pattern_key, action_category, scope_subset, method)
select 'pm.uptrend.S1.entry', 'tuning_halo', jsonb_build_object('bucket', i), 'simulation'
from generate_series(1, 2000) as i;
create function pg_temp.plan() returns text language plpgsql as $$
declare
    v_line text;
    v_plan text := '';
begin
    for v_line in explain (costs off) select * from pm.position_controls loop
        v_plan := v_plan || v_line || e'\n';
    end loop;
    return v_plan;
end
$$;
select matches(
    pg_temp.plan(), 'Index Scan using pm_overrides_pkey on pm_overrides w\s+Index Cond: \(id = i.id\)',
    'overrides are read by their ids'
);

select * from finish();
rollback;

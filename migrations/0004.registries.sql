set role quadrant_owner;

create table learning.scope_dimensions (
    name text primary key,
    ordinal integer not null,
    enabled boolean not null default false,
    constraint every_dimension_has_its_own_ordinal unique (ordinal),
    constraint dimension_name_is_not_empty check (name <> '')
);
comment on table learning.scope_dimensions is 'One row per scope key that can be mined.';
comment on column learning.scope_dimensions.ordinal is 'The order in which dimensions are rolled up and shown.';

create table learning.gates (
    pattern_key text not null,
    gate text not null,
    value_key text not null,
    direction text not null,
    base double precision not null,
    steps double precision[] not null,
    adjust text not null,
    min_value double precision not null,
    max_value double precision not null,
    action_category text not null,
    ordinal integer not null,
    constraint one_row_per_gate_of_a_pattern primary key (pattern_key, gate),
    constraint one_category_per_gate_of_a_pattern unique (pattern_key, action_category),
    constraint pattern_key_is_canonical
        check (pattern_key ~ '^(pm|dm)\.[a-z][a-z0-9_]*(\.[A-Za-z0-9_]+)+$'),
    constraint direction_is_known check (direction in ('at_least', 'at_most')),
    constraint adjust_is_known check (adjust in ('multiplier', 'delta')),
    constraint the_grid_contains_the_base check (0 = any (steps)),
    constraint base_is_within_its_range check (base between min_value and max_value),
    constraint a_multiplier_needs_a_base check (adjust = 'delta' or base <> 0)
);
comment on table learning.gates is 'One row per lever of a pattern: its base, its grid and its range. The only place base gates stand.';
comment on column learning.gates.value_key is 'The name of the gate''s value in factors and samples.';
comment on column learning.gates.direction is 'at_least: passes when value >= threshold; at_most: when value <= threshold.';
comment on column learning.gates.base is 'Threshold without overrides; score 0..1, ATRs, or ATRs per bar.';
comment on column learning.gates.steps is 'The grid: steps around base in the base''s unit, with 0.';
comment on column learning.gates.adjust is 'How an override is stored: multiplier of the base, or delta added to it.';

insert into learning.scope_dimensions (name, ordinal, enabled)
select d.name, d.ordinal, d.ordinal <= 8
from unnest(array[
    'chain', 'bucket', 'timeframe', 'curator', 'mcap_bucket', 'vol_bucket', 'age_bucket',
    'mcap_vol_ratio_bucket', 'intent', 'market_family', 'bucket_leader', 'bucket_rank_position',
    'btc_macro', 'btc_meso', 'btc_micro', 'alt_macro', 'alt_meso', 'alt_micro',
    'bucket_macro', 'bucket_meso', 'bucket_micro', 'btcd_macro', 'btcd_meso', 'btcd_micro',
    'usdtd_macro', 'usdtd_meso', 'usdtd_micro'
]) with ordinality as d (name, ordinal);

insert into learning.gates (
    pattern_key, gate, value_key, direction, base, steps, adjust, min_value, max_value,
    action_category, ordinal
)
values
    ('pm.uptrend.S1.entry', 'ts', 'ts_score', 'at_least', 0.60, '{-0.10,-0.05,0,0.05,0.10}', 'multiplier', 0.0, 1.25, 'tuning_ts_min', 1),
    ('pm.uptrend.S1.entry', 'halo', 'halo_distance', 'at_most', 1.0, '{-0.2,-0.1,0,0.1,0.2}', 'multiplier', 0.1, 3.0, 'tuning_halo', 2),
    ('pm.uptrend.S1.entry', 'slope', 'slope', 'at_least', 0.0, '{-0.02,-0.01,0,0.01,0.02}', 'delta', -0.2, 0.2, 'tuning_slope_min', 3),
    ('pm.uptrend.S2.entry', 'ts', 'ts_score', 'at_least', 0.60, '{-0.10,-0.05,0,0.05,0.10}', 'multiplier', 0.0, 1.25, 'tuning_ts_min', 1),
    ('pm.uptrend.S2.entry', 'halo', 'halo_distance', 'at_most', 0.5, '{-0.2,-0.1,0,0.1,0.2}', 'multiplier', 0.1, 3.0, 'tuning_halo', 2),
    ('pm.uptrend.S2.entry', 'slope', 'slope', 'at_least', 0.0, '{-0.02,-0.01,0,0.01,0.02}', 'delta', -0.2, 0.2, 'tuning_slope_min', 3),
    ('pm.uptrend.S3.retest', 'ts', 'ts_score', 'at_least', 0.60, '{-0.10,-0.05,0,0.05,0.10}', 'multiplier', 0.0, 1.25, 'tuning_ts_min', 1),
    ('pm.uptrend.S3.retest', 'dx', 'dx_score', 'at_least', 0.60, '{-0.10,-0.05,0,0.05,0.10}', 'multiplier', 0.0, 1.0, 'tuning_dx_min', 2),
    ('pm.uptrend.S3.retest', 'slope', 'slope', 'at_least', 0.0, '{-0.02,-0.01,0,0.01,0.02}', 'delta', -0.2, 0.2, 'tuning_slope_min', 3),
    ('pm.uptrend.S3.dx', 'dx', 'dx_score', 'at_least', 0.60, '{-0.10,-0.05,0,0.05,0.10}', 'multiplier', 0.0, 1.0, 'tuning_dx_min', 1),
    ('pm.uptrend.S3.dx', 'dx_atr_mult', 'dx_atr_mult', 'at_least', 6.0, '{0}', 'multiplier', 2.0, 12.0, 'tuning_dx_atr_mult', 2);
reset role;

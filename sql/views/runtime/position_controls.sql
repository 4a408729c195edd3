-- Which overrides win stands in learning.position_overrides, true for the scope it names; where a
-- position has another by now (learning.keep_position_overrides says when), they are looked up.
create or replace view pm.position_controls as
with levers as materialized (
    select g.pattern_key, g.gate, g.action_category, g.base, g.min_value, g.max_value, g.ordinal,
        learning.overrides_apply(c.config_data -> 'feature_flags', g.pattern_key, g.gate) as applies
    from learning.gates as g
    left join learning.learning_configs as c on c.module_id = 'pm'
    where g.pattern_key like 'pm.%'
),
postures as materialized (
    -- Without strength overrides posture is what it was: nothing is asked then.
    select jsonb_object_agg(
            l.pattern_key,
            '{"a": 0.5, "e": 0.5, "position_size_frac": 0.35, "overrides": []}'::jsonb
        ) as neutral,
        exists (
            select from learning.pm_overrides as o
            where o.action_category = 'pm_strength' and o.status = 'active'
        ) as is_steered
    from levers as l
),
families as materialized (
    select exists (
            select from learning.pm_overrides as o
            where o.action_category = 'dm_alloc' and o.status = 'active'
        ) as is_needed
)
select p.position_id, p.symbol, p.timeframe, p.status, p.scope,
    c.s1_ts_min, c.s1_halo, c.s1_slope_min,
    c.s2_ts_min, c.s2_halo, c.s2_slope_min,
    c.s3_ts_min, c.s3_dx_min, c.s3_slope_min, c.dx_atr_mult,
    c.gates,
    p.total_allocation_pct,
    case when (select r.is_needed from families as r)
        then learning.family_multiplier(p.scope) else 1 end as alloc_mult,
    (select learning.clock()) as as_of,
    0 as entry_delay_bars,
    1::double precision as phase1_frac_mult,
    1::double precision as trim_delay_mult,
    1::double precision as trail_mult,
    1::double precision as panic_trigger,
    0 as wait_n_after_trim,
    held.posture,
    coalesce((held.posture #>> array[
        case p.state
            when 'S2' then 'pm.uptrend.S2.entry'
            when 'S3' then 'pm.uptrend.S3.retest'
            else 'pm.uptrend.S1.entry'
        end,
        'position_size_frac'
    ])::double precision, 0.35) as position_size_frac
from learning.lowcap_positions as p
left join learning.position_overrides as k on k.position_id = p.position_id and k.scope = p.scope
cross join lateral (
    select coalesce(k.override_ids, learning.scope_winners(p.scope)) as ids
    offset 0
) as winning
cross join lateral (
    select
        max(v.value) filter (where v.lever = 'pm.uptrend.S1.entry/ts') as s1_ts_min,
        max(v.value) filter (where v.lever = 'pm.uptrend.S1.entry/halo') as s1_halo,
        max(v.value) filter (where v.lever = 'pm.uptrend.S1.entry/slope') as s1_slope_min,
        max(v.value) filter (where v.lever = 'pm.uptrend.S2.entry/ts') as s2_ts_min,
        max(v.value) filter (where v.lever = 'pm.uptrend.S2.entry/halo') as s2_halo,
        max(v.value) filter (where v.lever = 'pm.uptrend.S2.entry/slope') as s2_slope_min,
        max(v.value) filter (where v.lever = 'pm.uptrend.S3.retest/ts') as s3_ts_min,
        max(v.value) filter (where v.lever = 'pm.uptrend.S3.retest/dx') as s3_dx_min,
        max(v.value) filter (where v.lever = 'pm.uptrend.S3.retest/slope') as s3_slope_min,
        max(v.value) filter (where v.lever = 'pm.uptrend.S3.dx/dx_atr_mult') as dx_atr_mult,
        jsonb_object_agg(v.pattern_key, v.gates) filter (where v.gates is not null) as gates
    from (
        select r.pattern_key, r.value,
            r.pattern_key || '/' || r.gate as lever,
            case when row_number() over (partition by r.pattern_key order by r.ordinal desc) = 1
                then jsonb_object_agg(r.gate, jsonb_build_object(
                    'base', r.base, 'value', r.value, 'override_id', r.override_id
                )) over (partition by r.pattern_key)
            end as gates
        from (
            select l.pattern_key, l.gate, l.base, l.ordinal, o.id as override_id,
                learning.gate_value(l.base, o.multiplier, o.delta, l.min_value, l.max_value)
                    as value
            from levers as l
            left join (
                select w.*
                from unnest(winning.ids) as i (id)
                cross join lateral (
                    select w.id, w.pattern_key, w.action_category, w.multiplier, w.delta
                    from learning.pm_overrides as w
                    where w.id = i.id
                    offset 0  -- by id, whatever statistics say
                ) as w
            ) as o
                on l.applies
                and o.pattern_key = l.pattern_key
                and o.action_category = l.action_category
        ) as r
    ) as v
) as c
cross join lateral (
    select case
            when n.is_steered then n.neutral
                || learning.scope_postures(coalesce(k.items, learning.scope_items(p.scope)))
            else n.neutral
        end as posture
    from postures as n
    offset 0
) as held
where p.status in ('watchlist', 'active');
comment on view pm.position_controls is
    'What the PM reads: per watchlist or active position the gates in force for its present scope. Gates: {pattern: {gate: {base, value, override_id}}}.';
comment on column pm.position_controls.s1_ts_min is 'Least TS to buy in S1, 0..1.25.';
comment on column pm.position_controls.s1_halo is 'Greatest distance from EMA60 to buy in S1, in ATRs.';
comment on column pm.position_controls.s1_slope_min is 'Least slope to buy in S1, ATRs per bar.';
comment on column pm.position_controls.total_allocation_pct is 'Percent of capital (0..100).';
comment on column pm.position_controls.as_of is 'The clock of the reading (UTC).';
comment on column pm.position_controls.dx_atr_mult is 'Distance between buys of the DX ladder, in ATRs.';
comment on column pm.position_controls.alloc_mult is 'Multiplier of its strategy family (0.7..1.3) for its scope; 1 where no override with conditions tells the family.';
comment on column pm.position_controls.posture is 'Posture per pattern, {pattern: {a, e, position_size_frac, overrides}}, from A = E = 0.5: the caller''s own is not known here (pm.steer takes it).';
comment on column pm.position_controls.position_size_frac is 'Size of an entry as a fraction of what is free: that of posture for the entry of its state (S3: the retest).';

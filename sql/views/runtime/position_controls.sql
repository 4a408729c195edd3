-- Which overrides win stands in learning.position_overrides, true for the scope it names; where a
-- position has another by now (learning.keep_position_overrides says when), they are looked up. The
-- JSON of gates is put together as text: made of nested aggregates it costs twice the rest.
create or replace view pm.position_controls as
with levers as materialized (
    select g.pattern_key, g.base, g.min_value, g.max_value,
        row_number() over in_order as place, case
            when learning.overrides_apply(
                c.config_data -> 'feature_flags', g.pattern_key, g.gate
            ) then g.pattern_key || '/' || g.action_category
        end as lever,
        -- What stands before its value: where its pattern begins, that of the one before ends.
        concat(
            case
                when lag(g.pattern_key) over in_order = g.pattern_key then ', '
                else concat(
                    case when lag(g.pattern_key) over in_order is not null then '}, ' end,
                    to_json(g.pattern_key), ': {'
                )
            end,
            to_json(g.gate), ': {"base": ', g.base, ', "value": '
        ) as head
    from learning.gates as g
    left join learning.learning_configs as c on c.module_id = 'pm'
    where g.pattern_key like 'pm.%'
    window in_order as (order by g.pattern_key, g.gate)
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
    (c.gates #>> '{pm.uptrend.S1.entry,ts,value}')::double precision as s1_ts_min,
    (c.gates #>> '{pm.uptrend.S1.entry,halo,value}')::double precision as s1_halo,
    (c.gates #>> '{pm.uptrend.S1.entry,slope,value}')::double precision as s1_slope_min,
    (c.gates #>> '{pm.uptrend.S2.entry,ts,value}')::double precision as s2_ts_min,
    (c.gates #>> '{pm.uptrend.S2.entry,halo,value}')::double precision as s2_halo,
    (c.gates #>> '{pm.uptrend.S2.entry,slope,value}')::double precision as s2_slope_min,
    (c.gates #>> '{pm.uptrend.S3.retest,ts,value}')::double precision as s3_ts_min,
    (c.gates #>> '{pm.uptrend.S3.retest,dx,value}')::double precision as s3_dx_min,
    (c.gates #>> '{pm.uptrend.S3.retest,slope,value}')::double precision as s3_slope_min,
    (c.gates #>> '{pm.uptrend.S3.dx,dx_atr_mult,value}')::double precision as dx_atr_mult,
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
    steered.posture,
    coalesce((steered.posture #>> array[
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
-- Once per position, whatever the planner thinks of the number of levers.
cross join lateral (
    select array_agg(o.pattern_key || '/' || o.action_category) as levers, array_agg(o.id) as ids,
        array_agg(o.multiplier) as multipliers, array_agg(o.delta) as deltas
    from unnest(winning.ids) as i (id)
    cross join lateral (
        select w.id, w.pattern_key, w.action_category, w.multiplier, w.delta
        from learning.pm_overrides as w
        where w.id = i.id
        offset 0  -- by id, whatever statistics say
    ) as o
    offset 0
) as held
cross join lateral (
    select (
        '{' || string_agg(
            concat(
                l.head, learning.gate_value(
                    l.base, held.multipliers[l.held], held.deltas[l.held], l.min_value, l.max_value
                ),
                ', "override_id": ', coalesce(held.ids[l.held]::text, 'null'), '}'
            ), '' order by l.place
        ) || '}}'
    )::jsonb as gates
    from (
        select g.*, array_position(held.levers, g.lever) as held
        from levers as g
        offset 0
    ) as l
    offset 0
) as c
cross join lateral (
    select case
            when n.is_steered then n.neutral
                || learning.scope_postures(coalesce(k.items, learning.scope_items(p.scope)))
            else n.neutral
        end as posture
    from postures as n
    offset 0
) as steered
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

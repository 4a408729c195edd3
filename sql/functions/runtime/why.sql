-- Why what is in force for a pattern in a scope is in force: per lever every active override that
-- holds there, in order of preference, with its verdict (wins, loses; blended or dropped where
-- overrides are blended; switched off; base: there is none) and a sentence. Levers are the
-- pattern's gates, posture (pm) and allocation (dm). value: what the lever would be by this one
-- alone, in its unit; share: its part of a blend, 0..1. QD001, QD004. Long, for it is one list:
-- what holds, weights, verdicts.
create or replace function pm.why(p_pattern_key text, p_scope jsonb)
returns table (
    lever text, action_category text, place integer, override_id bigint, scope_subset jsonb,
    method text, verdict text, base double precision, value double precision,
    share double precision, sentence text
)
language sql stable parallel safe security definer
set search_path = pg_catalog, pg_temp
as $$
    with asked as materialized (
        select k.pattern_key, s.items,
            (
                select c.config_data -> 'feature_flags'
                from learning.learning_configs as c
                where c.module_id = 'pm'
            ) as feature_flags
        from (select learning.canonical_pattern_key(p_pattern_key) as pattern_key) as k
        cross join (select learning.scope_items(learning.require_scope(p_scope)) as items) as s
    ),
    levers as materialized (
        select l.*, learning.category_applies(
            a.feature_flags, l.action_category, a.pattern_key, l.lever
        ) as applies
        from asked as a
        cross join lateral (
            select g.gate as lever, g.action_category, g.base, g.min_value, g.max_value, g.ordinal
            from learning.gates as g
            where g.pattern_key = a.pattern_key
            union all
            select b.lever, b.action_category, b.base, b.smallest, b.largest, 32767
            from (
                values ('posture', 'pm_strength', 'pm.', null, null, null),
                    ('allocation', 'dm_alloc', 'dm.', 1, 0.7, 1.3)
            ) as b (lever, action_category, module, base, smallest, largest)
            where starts_with(a.pattern_key, b.module)
        ) as l
    ),
    weights as materialized (
        select w.override_id, w.weight / nullif(sum(w.weight) over (), 0) as share
        from asked as a
        cross join lateral (
            select s.override_id, s.weight
            from learning.strength_weights(a.items, a.pattern_key) as s
            where a.pattern_key like 'pm.%'
            union all
            select s.override_id, s.weight
            from learning.allocation_weights(a.pattern_key, p_scope) as s
            where a.pattern_key like 'dm.%'
        ) as w
    ),
    holding as (
        select l.lever, l.action_category, l.base, l.min_value, l.max_value, l.ordinal, l.applies,
            l.action_category in ('pm_strength', 'dm_alloc') as is_blend,
            o.id, o.scope_subset, o.method, o.multiplier, o.delta, o.preference, w.share,
            row_number() over lever as place, first_value(o.id) over lever as winner_id,
            first_value(o.preference) over lever as winner,
            lead(o.preference) over lever as next
        from asked as a
        cross join levers as l
        left join learning.pm_overrides as o
            on o.pattern_key = a.pattern_key
            and o.action_category = l.action_category
            and o.status = 'active'
            and o.anchor = any (
                array(select n.anchor from learning.scope_anchors(a.items) as n (anchor))
            )
            and o.items <@ a.items
        left join weights as w on w.override_id = o.id
        window lever as (partition by l.ordinal, l.lever order by o.preference desc)
    )
    select h.lever, h.action_category, case when h.id is not null then h.place end, h.id,
        h.scope_subset, h.method, v.verdict, h.base,
        case when h.action_category <> 'pm_strength' then
            learning.gate_value(h.base, h.multiplier, h.delta, h.min_value, h.max_value)
        end,
        h.share,
        case v.verdict
            when 'base' then 'base: no override holds here'
            when 'switched off' then 'switched off by the feature flags: no override acts'
            when 'blended' then format('%s %% of the blend', round(100 * h.share::numeric, 1))
            when 'dropped' then case h.action_category
                when 'pm_strength' then
                    'dropped: its confidence is too small, 0 or below 0.40 where another''s is not'
                else 'dropped: its evidence has no weight' end
            when 'wins' then 'in force: ' || coalesce(
                learning.preference_in_words(h.preference, h.next, true),
                'the only one that holds here'
            )
            else format(
                'loses to %s: %s', h.winner_id,
                learning.preference_in_words(h.winner, h.preference, false)
            )
        end
    from holding as h
    cross join lateral (
        select case
            when h.id is null then 'base'
            when not h.applies then 'switched off'
            when h.is_blend then case when h.share > 0 then 'blended' else 'dropped' end
            when h.place = 1 then 'wins'
            else 'loses'
        end as verdict
    ) as v
    order by h.ordinal, h.lever, h.place
$$;
comment on function pm.why(text, jsonb) is
    'Per lever of a pattern what holds for a scope, in order of preference, and why each won or lost.';

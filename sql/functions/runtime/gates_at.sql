-- What pm.gates would have answered at a moment, from the overrides' history (feature flags and the
-- registry of gates are taken as they are now: they have no history). QD001 for a key that is none,
-- QD004 for a malformed scope, QD006 without a moment.
create or replace function pm.gates_at(p_pattern_key text, p_scope jsonb, p_at timestamptz)
returns table (
    gate text, value_key text, direction text, base double precision, value double precision,
    override_id bigint
)
language sql stable parallel safe security definer
set search_path = pg_catalog, pg_temp
as $$
    with asked as materialized (
        select s.items, array(
            select n.anchor from learning.scope_anchors(s.items) as n (anchor)
        ) as anchors
        from (
            select learning.scope_items(learning.require_scope(p_scope)) as items offset 0
        ) as s
    ),
    then_active as (
        select o.*
        from asked as a
        join learning.pm_overrides_history as h
            on h.new_row is not null
            and learning.scope_anchor(learning.scope_items(h.new_row -> 'scope_subset'))
                = any (a.anchors)
        cross join lateral jsonb_populate_record(null::learning.pm_overrides, h.new_row) as o
        where h.changed_at <= p_at
            and o.status = 'active'
            and o.pattern_key = learning.canonical_pattern_key(p_pattern_key)
            and learning.scope_items(o.scope_subset) <@ a.items
            and not exists (
                select from learning.pm_overrides_history as later
                where later.override_id = h.override_id
                    and later.id > h.id
                    and later.changed_at <= p_at
            )
    ),
    flags as (
        select c.config_data -> 'feature_flags' as feature_flags
        from learning.learning_configs as c
        where c.module_id = 'pm'
    )
    select distinct on (g.ordinal) g.gate, g.value_key, g.direction, g.base,
        learning.gate_value(g.base, o.multiplier, o.delta, g.min_value, g.max_value),
        o.id
    from learning.gates as g
    cross join flags as f
    left join then_active as o
        on o.action_category = g.action_category
        and learning.overrides_apply(f.feature_flags, g.pattern_key, g.gate)
    where g.pattern_key = learning.canonical_pattern_key(p_pattern_key)
        and learning.require_moment(p_at, 'p_at') is not null
    -- Not the column: rows of the history may be older than it.
    order by g.ordinal, learning.preference(
        o.pinned, o.depth, o.is_manual, o.confidence_score, o.n, o.last_updated_at, o.id
    ) desc
$$;
comment on function pm.gates_at(text, jsonb, timestamptz) is
    'The gates that were in force for a scope at a moment, from the history of overrides.';

-- The override in force per lever of a pattern for a scope (learning.winning_overrides: of those
-- contained in the scope the one with the largest preference). Levers whose overrides are switched
-- off have none. QD004 for a malformed scope.
create or replace function pm.effective_overrides(p_pattern_key text, p_scope jsonb)
returns table (
    action_category text, override_id bigint, multiplier double precision, delta double precision,
    scope_subset jsonb, method text, confidence_score double precision, n bigint, pinned boolean,
    solution_id text, last_updated_at timestamptz
)
language plpgsql stable parallel safe security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
as $$
begin
    return query
    select o.action_category, o.id, o.multiplier, o.delta, o.scope_subset, o.method,
        o.confidence_score, o.n, o.pinned, o.solution_id, o.last_updated_at
    from (
        -- A column, not an argument: functions over columns are put in place by the planner.
        select learning.scope_items(learning.require_scope(p_scope)) as items, (
                select c.config_data -> 'feature_flags'
                from learning.learning_configs as c
                where c.module_id = 'pm'
            ) as feature_flags
        offset 0
    ) as s
    cross join lateral learning.winning_overrides(s.items, p_pattern_key) as w (id)
    cross join lateral (
        select o.* from learning.pm_overrides as o where o.id = w.id
        offset 0  -- by id, whatever statistics say
    ) as o
    left join learning.gates as g
        on g.pattern_key = o.pattern_key and g.action_category = o.action_category
    where learning.overrides_apply(s.feature_flags, o.pattern_key, g.gate)
    order by o.action_category;
end
$$;
comment on function pm.effective_overrides(text, jsonb) is
    'The most specific active override per action_category of a pattern for a scope.';

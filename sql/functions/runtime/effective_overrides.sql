-- The override in force per lever of a pattern for a scope: of those contained in the scope the one
-- with the largest preference (learning.preference: a pinned one first, then most conditions).
-- Levers whose overrides are switched off have none. QD004 for a malformed scope.
create or replace function pm.effective_overrides(p_pattern_key text, p_scope jsonb)
returns table (
    action_category text, override_id bigint, multiplier double precision, delta double precision,
    scope_subset jsonb, method text, confidence_score double precision, n bigint, pinned boolean,
    solution_id text, last_updated_at timestamptz
)
language sql stable parallel safe security definer
set search_path = pg_catalog, pg_temp
as $$
    with recursive asked as materialized (
        select s.items, ~learning.scope_signature(s.items) as not_sig,
            (
                select c.config_data -> 'feature_flags'
                from learning.learning_configs as c
                where c.module_id = 'pm'
            ) as feature_flags
        from (select learning.scope_items(learning.require_scope(p_scope)) as items) as s
    ),
    categories as (
        select min(o.action_category) as action_category
        from learning.pm_overrides as o
        where o.pattern_key = p_pattern_key and o.status = 'active'
        union all
        select (
            select min(o.action_category)
            from learning.pm_overrides as o
            where o.pattern_key = p_pattern_key
                and o.status = 'active'
                and o.action_category > c.action_category
        )
        from categories as c
        where c.action_category is not null
    )
    select o.action_category, o.id, o.multiplier, o.delta, o.scope_subset, o.method,
        o.confidence_score, o.n, o.pinned, o.solution_id, o.last_updated_at
    from asked as a
    cross join categories as c
    left join learning.gates as g
        on g.pattern_key = p_pattern_key and g.action_category = c.action_category
    cross join lateral (
        select w.id
        from learning.pm_overrides as w
        where w.pattern_key = p_pattern_key
            and w.action_category = c.action_category
            and w.status = 'active'
            and case when w.sig & a.not_sig = 0 then w.items <@ a.items else false end
        order by w.preference desc
        limit 1
    ) as winner
    join learning.pm_overrides as o on o.id = winner.id
    where c.action_category like 'tuning\_%'
        and learning.overrides_apply(a.feature_flags, p_pattern_key, g.gate)
    order by o.action_category
$$;
comment on function pm.effective_overrides(text, jsonb) is
    'The most specific active override per action_category of a pattern for a scope.';

-- The strength overrides in force that hold for a scope (its items), of a pattern or of all, with
-- the weight each has in its pattern's blend: (1 + conditions) x confidence; 0 for those whose
-- confidence is below 0.40 where another's is not. None where they are switched off. The pattern
-- key is canonical. They are found by their first item: anchors would cost more than they save.
-- Plain, so that the planner puts it in place.
create or replace function learning.strength_weights(
    p_items text[], p_pattern_key text default null
)
returns table (
    pattern_key text, override_id bigint, scope_subset jsonb, dir_a double precision,
    dir_e double precision, confidence double precision, weight double precision
)
language sql stable parallel safe
as $$
    select o.pattern_key, o.id, o.scope_subset, d.dir_a, d.dir_e, o.confidence_score,
        case
            when o.confidence_score >= 0.40
                or pg_catalog.max(o.confidence_score) over (partition by o.pattern_key) < 0.40
                and o.confidence_score > 1e-9
                then (1 + o.depth) * o.confidence_score
            else 0
        end
    from (
        -- A column, not an argument: functions over columns are put in place by the planner.
        select (
                select c.config_data -> 'feature_flags'
                from learning.learning_configs as c
                where c.module_id = 'pm'
            ) as feature_flags
        offset 0
    ) as a
    join learning.pm_overrides as o
        on coalesce(o.items[1], '') = any (pg_catalog.array_append(p_items, ''))
        -- Keys begin with pm or dm. A range, because an index serves one whatever its ends.
        and o.pattern_key between coalesce(p_pattern_key, 'd') and coalesce(p_pattern_key, 'q')
        and o.status = 'active'
        and o.action_category = 'pm_strength'
        and o.items <@ p_items
    cross join lateral (
        -- Smaller ones are none: they would only underflow.
        select
            case when o.dir_a not between -1e-9 and 1e-9
                then greatest(-1, least(1, o.dir_a)) else 0 end as dir_a,
            case when o.dir_e not between -1e-9 and 1e-9
                then greatest(-1, least(1, o.dir_e)) else 0 end as dir_e
    ) as d
    where learning.category_applies(a.feature_flags, 'pm_strength', o.pattern_key)
$$;
comment on function learning.strength_weights(text[], text) is
    'Strength overrides that hold for a scope, with the weight of each in the blend of its pattern.';

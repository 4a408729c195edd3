-- The strength overrides in force that hold for a scope, with the weight each has in the blend:
-- (1 + conditions) x confidence; 0 for those whose confidence is below 0.40 where another's is not.
-- None where they are switched off. The pattern key is canonical. QD004 for a malformed scope.
create or replace function learning.strength_weights(p_pattern_key text, p_scope jsonb)
returns table (
    override_id bigint, scope_subset jsonb, dir_a double precision, dir_e double precision,
    confidence double precision, weight double precision
)
language sql stable parallel safe
set search_path = pg_catalog, pg_temp
as $$
    select o.id, o.scope_subset, d.dir_a, d.dir_e,
        o.confidence_score,
        case
            when o.confidence_score >= 0.40 or max(o.confidence_score) over () < 0.40
                and o.confidence_score > 1e-9
                then (1 + o.depth) * o.confidence_score
            else 0
        end
    from (
        select learning.scope_items(learning.require_scope(p_scope)) as items offset 0
    ) as a
    join learning.pm_overrides as o
        on o.pattern_key = p_pattern_key
        and o.action_category = 'pm_strength'
        and o.status = 'active'
        and o.anchor = any (
            array(select n.anchor from learning.scope_anchors(a.items) as n (anchor))
        )
        and o.items <@ a.items
    cross join lateral (
        -- Smaller ones are none: they would only underflow.
        select
            case when abs(o.dir_a) > 1e-9 then greatest(-1, least(1, o.dir_a)) else 0 end as dir_a,
            case when abs(o.dir_e) > 1e-9 then greatest(-1, least(1, o.dir_e)) else 0 end as dir_e
    ) as d
    where learning.category_applies(
        (
            select c.config_data -> 'feature_flags'
            from learning.learning_configs as c
            where c.module_id = 'pm'
        ),
        'pm_strength', p_pattern_key
    )
$$;
comment on function learning.strength_weights(text, jsonb) is
    'Strength overrides that hold for a scope, with the weight of each in the blend.';

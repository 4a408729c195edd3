-- The allocation overrides in force of a family that hold for a scope, with the weight each has in
-- the blend: tanh|edge| x (1 - e^(-n/25)) x 1/(1 + var) x e^(-age/half-life) x
-- ((1 + conditions)/(1 + most conditions))^1.5, var and half_life_hours from the evidence (none: no
-- spread, no ageing). Set by hand without an edge, only the last factor counts. No rows where they
-- are switched off. The pattern key is canonical; QD004 for a malformed scope.
create or replace function learning.allocation_weights(p_pattern_key text, p_scope jsonb)
returns table (
    override_id bigint, scope_subset jsonb, multiplier double precision, weight double precision
)
language sql stable parallel safe
set search_path = pg_catalog, pg_temp
as $$
    select o.id, o.scope_subset, o.multiplier,
        case
            when o.is_manual and o.edge_raw_roi is null then 1
            when abs(o.edge_raw_roi) > 1e-9 then tanh(abs(o.edge_raw_roi))
                * (1 - exp(-least(greatest(o.n, 0), 10000) / 25.0::double precision))
                / (1 + coalesce(f.var, 0))
                * exp(-least(coalesce(f.age_hours / f.half_life_hours, 0), 100))
            else 0
        end * power((1.0 + o.depth) / (1 + max(o.depth) over ()), 1.5)
    from (
        select learning.scope_items(learning.require_scope(p_scope)) as items offset 0
    ) as a
    join learning.pm_overrides as o
        on o.pattern_key = p_pattern_key
        and o.action_category = 'dm_alloc'
        and o.status = 'active'
        and o.anchor = any (
            array(select n.anchor from learning.scope_anchors(a.items) as n (anchor))
        )
        and o.items <@ a.items
    cross join lateral (
        select
            case when jsonb_typeof(o.evidence -> 'var') = 'number' then
                greatest(0, least(1e9, (o.evidence ->> 'var')::numeric))::double precision
            end as var,
            case when jsonb_typeof(o.evidence -> 'half_life_hours') = 'number' then
                greatest(0.001, least(1e9, (o.evidence ->> 'half_life_hours')::numeric))
            end::double precision as half_life_hours,
            greatest(
                extract(epoch from learning.clock() - o.last_updated_at) / 3600, 0
            )::double precision as age_hours
    ) as f
    where learning.category_applies(
        (
            select c.config_data -> 'feature_flags'
            from learning.learning_configs as c
            where c.module_id = 'pm'
        ),
        'dm_alloc', p_pattern_key
    )
$$;
comment on function learning.allocation_weights(text, jsonb) is
    'Allocation overrides that hold for a scope, with the weight of each in the blend.';

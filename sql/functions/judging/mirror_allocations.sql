-- Mirrors the allocation overrides in force to learning_configs ('dm').alloc_overrides, a list of
-- {pattern_key, scope, alloc_mult}, for a decision maker that reloads its configuration. Returns
-- the list; writes it only where it differs.
create or replace function learning.mirror_allocations()
returns jsonb
language sql volatile
as $$
    with list as materialized (
        select coalesce(jsonb_agg(
            jsonb_build_object(
                'pattern_key', o.pattern_key, 'scope', o.scope_subset, 'alloc_mult', o.multiplier
            )
            order by o.pattern_key, o.scope_subset::text collate "C", o.is_manual
        ), '[]') as overrides
        from learning.pm_overrides as o
        where o.action_category = 'dm_alloc' and o.status = 'active'
    ),
    written as (
        insert into learning.learning_configs as c (module_id, config_data, updated_by)
        select 'dm', jsonb_build_object('alloc_overrides', l.overrides), 'judge'
        from list as l
        -- Not in the conflict alone: settings are checked before there is one.
        where not exists (
            select from learning.learning_configs as k
            where k.module_id = 'dm' and k.config_data -> 'alloc_overrides' = l.overrides
        )
        on conflict (module_id) do update
        set config_data = c.config_data || excluded.config_data,
            updated_at = learning.clock(), updated_by = 'judge'
    )
    select l.overrides from list as l
$$;
comment on function learning.mirror_allocations() is
    'Writes the allocation multipliers in force to the configuration of dm; returns them.';

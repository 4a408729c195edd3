-- The allocation multiplier of a position by its scope: that of its family, which is the dm pattern
-- of the most preferred override with conditions that hold there (one without conditions cannot
-- tell families apart); 1 where there is none.
create or replace function learning.family_multiplier(p_scope jsonb)
returns double precision
language sql stable parallel safe security definer
set search_path = pg_catalog, pg_temp
as $$
    select coalesce((
        select pm.allocation_multiplier(o.pattern_key, p_scope)
        from (select learning.scope_items(p_scope) as items offset 0) as a
        join learning.pm_overrides as o
            on o.anchor = any (
                array(select n.anchor from learning.scope_anchors(a.items) as n (anchor))
            )
            and o.items <@ a.items
            and o.action_category = 'dm_alloc'
            and o.status = 'active'
            and o.depth > 0
        order by o.preference desc
        limit 1
    ), 1)
$$;
comment on function learning.family_multiplier(jsonb) is
    'The allocation multiplier of the family a scope belongs to; 1 where none is known.';

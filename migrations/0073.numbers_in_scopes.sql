set role quadrant_owner;

-- 1 and 1.0 are one number, so they are one item, as they are one value to jsonb and to the miner.
create or replace function learning.scope_items(p_scope jsonb) returns text[]
language sql immutable parallel safe
set search_path = ''
as $$
    select coalesce(array_agg(i.item order by i.item), '{}')
    from pg_catalog.jsonb_each(p_scope) as e
    cross join lateral (
        select (
            e.key || '=' || case pg_catalog.jsonb_typeof(e.value)
                when 'number' then pg_catalog.trim_scale(e.value::numeric)::text
                else e.value #>> '{}'
            end
        ) collate "C" as item
    ) as i
$$;
-- What was made of it before is made again.
update learning.pm_overrides set scope_subset = scope_subset
where scope_subset::text ~ '\.[0-9]*0[,}]';
reset role;

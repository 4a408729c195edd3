-- Is this database a shard, which gets its overrides from a coordinator by replication? It neither
-- mines nor judges, and has no lessons (docs/scale.md).
create or replace function learning.gets_overrides()
returns boolean
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select exists (
        select from pg_subscription_rel as r
        where r.srrelid = 'learning.pm_overrides'::regclass
    )
$$;
comment on function learning.gets_overrides() is
    'Whether overrides come from a coordinator by replication: this database is a shard.';

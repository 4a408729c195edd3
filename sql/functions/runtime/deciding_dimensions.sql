-- The scope keys any override in force looks at: controls read for one scope hold for every scope
-- that agrees on these keys, until pm_overrides is notified.
create or replace function pm.deciding_dimensions()
returns text[]
language sql stable parallel safe security definer
set search_path = pg_catalog, pg_temp
as $$
    select coalesce(array_agg(distinct k.name order by k.name), '{}')
    from learning.pm_overrides as o
    cross join jsonb_object_keys(o.scope_subset) as k (name)
    where o.status = 'active'
$$;
comment on function pm.deciding_dimensions() is
    'Scope keys that overrides in force depend on: a client''s cached controls hold while these stay the same.';

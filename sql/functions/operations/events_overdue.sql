-- Are there windows that retention should have removed three days ago? For analyst.health.
create or replace function learning.events_overdue()
returns boolean
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select exists (select from learning.removable_attempts(learning.events_kept_since(3), 1))
$$;
comment on function learning.events_overdue() is
    'Whether windows are there that retention should have removed three days ago.';

-- The steps of the job quadrant.maintain (learning.maintenance_step): retention, forty batches of
-- old events where they do not stay for ever, and statistics.
create or replace function learning.maintenance_steps()
returns text[]
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select array['retention'] || array(
        select format('events %s', b)
        from generate_series(1, 40) as b
        where learning.events_kept_since() is not null
    ) || text 'analyze'
$$;
comment on function learning.maintenance_steps() is
    'The steps of quadrant.maintain: retention, batches of old events, statistics.';

-- How much capital positions may use now, in percent: what pm.position_controls shows too, here
-- without the gates. Positions it does not show are not there.
create or replace function pm.position_allocations(p_position_ids bigint[])
returns table (position_id bigint, total_allocation_pct numeric)
language sql stable parallel safe security definer
set search_path = pg_catalog, pg_temp
as $$
    select p.position_id, p.total_allocation_pct
    from learning.lowcap_positions as p
    where p.position_id = any (p_position_ids) and p.status in ('watchlist', 'active')
$$;
comment on function pm.position_allocations(bigint[]) is
    'Percent of capital (0..100) each watchlist or active position may use now.';

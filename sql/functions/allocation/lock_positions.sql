-- Locks, by id, every position a step of the allocation may redistribute, and those given. Whoever
-- goes on to lock positions of its own after a step names them here, before it: two passes would
-- break the order.
create or replace function learning.lock_positions(p_position_ids bigint[] default '{}')
returns void
language sql volatile
as $$
    select from learning.lowcap_positions as p
    where p.status in ('watchlist', 'active', 'dormant') or p.position_id = any (p_position_ids)
    order by p.position_id
    for no key update
$$;
comment on function learning.lock_positions(bigint[]) is
    'Locks watchlist, active and dormant positions, and those given, in the order of their ids.';

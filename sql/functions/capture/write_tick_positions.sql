-- Writes what a tick changed of positions: scope, state, status and the trade that is open (array
-- of position_id, scope, state, status, trade_id; what is null stays, but a status brings its trade
-- along). Paused and archived positions stay that. Locks them by id. Returns how many were written.
-- Raises QD004 and QD041 for a scope that is none.
create or replace function learning.write_tick_positions(p_positions jsonb)
returns bigint
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_written bigint;
begin
    perform p.position_id
    from learning.lowcap_positions as p
    where p.position_id in (
        select w.position_id from jsonb_to_recordset(p_positions) as w (position_id bigint)
    )
    order by p.position_id
    for no key update;

    update learning.lowcap_positions as p
    set scope = n.scope, state = n.state, status = n.status, current_trade_id = n.trade_id
    from (
        select k.position_id,
            case when w.scope is null then k.scope
                else learning.read_scope(w.scope, '') end as scope,
            coalesce(w.state, k.state) as state,
            case when k.status in ('paused', 'archived') then k.status
                else coalesce(w.status, k.status) end as status,
            case when w.status is null then k.current_trade_id else w.trade_id end as trade_id
        from jsonb_to_recordset(p_positions) as w (
            position_id bigint, scope jsonb, state text, status text, trade_id text
        )
        join learning.lowcap_positions as k on k.position_id = w.position_id
    ) as n
    where n.position_id = p.position_id
        and (p.scope, p.state, p.status, p.current_trade_id)
            is distinct from (n.scope, n.state, n.status, n.trade_id);
    get diagnostics v_written = row_count;
    return v_written;
end
$$;
comment on function learning.write_tick_positions(jsonb) is
    'Writes the scopes and states of positions that a tick changed; returns how many.';

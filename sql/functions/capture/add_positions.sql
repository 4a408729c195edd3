-- Makes the positions that are not there yet (learning.require_positions says what one is); known
-- ones stay as they are. Returns the ids of all of them, null for an empty array.
create or replace function learning.add_positions(p_positions jsonb)
returns bigint[]
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
    insert into learning.lowcap_positions as p (
        token_contract, token_chain, symbol, timeframe, book, total_allocation_pct
    )
    select w.token_contract, w.token_chain, w.symbol, w.timeframe, coalesce(w.book, 'main'),
        coalesce(w.total_allocation_pct, 0)
    from jsonb_to_recordset(p_positions) as w (
        token_contract text, token_chain text, symbol text, timeframe text, book text,
        total_allocation_pct numeric
    )
    on conflict on constraint one_position_per_token_timeframe_and_book do nothing;

    return (
        select array_agg(p.position_id)
        from jsonb_to_recordset(p_positions) as w (
            token_contract text, token_chain text, timeframe text, book text
        )
        join learning.lowcap_positions as p
            on (p.token_contract, p.token_chain, p.timeframe, p.book)
                = (w.token_contract, w.token_chain, w.timeframe, coalesce(w.book, 'main'))
    );
end
$$;
comment on function learning.add_positions(jsonb) is
    'Makes unknown positions; returns the ids of all that were named.';

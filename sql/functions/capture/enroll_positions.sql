-- Puts positions under a feed and answers what their ticker needs to go on: id, present scope, tick
-- state, version and the newest bar ticked (epoch ms; null: none yet), which is the feed watermark
-- where that is newer. Unknown positions are created; known ones keep everything but their feed.
create or replace function pm.enroll_positions(p_feed text, p_positions jsonb)
returns table (
    position_id bigint, token_contract text, token_chain text, symbol text, timeframe text,
    book text, status text, scope jsonb, total_allocation_pct numeric,
    state jsonb, version bigint, last_bar_ms bigint
)
language plpgsql volatile security definer
set search_path = ''
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

    insert into learning.tick_states as t (position_id, feed)
    select p.position_id, p_feed
    from jsonb_to_recordset(p_positions) as w (
        token_contract text, token_chain text, timeframe text, book text
    )
    join learning.lowcap_positions as p
        on (p.token_contract, p.token_chain, p.timeframe, p.book)
            = (w.token_contract, w.token_chain, w.timeframe, coalesce(w.book, 'main'))
    on conflict on constraint tick_states_pkey do update
    set feed = excluded.feed,
        last_bar_ts = greatest(t.last_bar_ts, (
            select m.last_bar_ts
            from learning.feed_watermarks as m
            join learning.lowcap_positions as p on p.timeframe = m.timeframe
            where m.feed = t.feed and p.position_id = t.position_id
        ));

    return query
    select p.position_id, p.token_contract, p.token_chain, p.symbol, p.timeframe, p.book, p.status,
        p.scope, p.total_allocation_pct, t.state, t.version,
        (extract(epoch from t.last_bar_ts) * 1000)::bigint
    from jsonb_to_recordset(p_positions) as w (
        token_contract text, token_chain text, timeframe text, book text
    )
    join learning.lowcap_positions as p
        on (p.token_contract, p.token_chain, p.timeframe, p.book)
            = (w.token_contract, w.token_chain, w.timeframe, coalesce(w.book, 'main'))
    join learning.tick_states as t on t.position_id = p.position_id
    order by p.position_id;
end
$$;
comment on function pm.enroll_positions(text, jsonb) is
    'Puts positions (array of token_contract, token_chain, symbol, timeframe, book, total_allocation_pct) under a feed; answers id, scope, tick state, version and newest bar (epoch ms) of each.';

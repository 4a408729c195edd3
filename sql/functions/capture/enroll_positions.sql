-- Puts positions under a feed and answers what their ticker needs to go on: the feed's epoch, id,
-- present scope, tick state, version and the newest bar ticked (epoch ms; null: none yet), which is
-- the feed watermark where that is newer. Unknown positions are created; known ones keep everything
-- but their feed: the epoch of a feed that loses one ends. Without p_epoch the feed is taken over:
-- a new epoch begins, its other positions leave it; with it positions are added. Raises QD008
-- where that epoch has ended, QD005 to QD007, QD014, QD041 and QD046 for what is no position, QD194
-- in a database that holds a replay (but for the replay's feed).
create or replace function pm.enroll_positions(
    p_feed text, p_positions jsonb, p_epoch bigint default null
)
returns table (
    epoch bigint, position_id bigint, token_contract text, token_chain text, symbol text,
    timeframe text, book text, status text, scope jsonb, total_allocation_pct numeric,
    state jsonb, version bigint, last_bar_ms bigint
)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_epoch bigint;
    v_ids bigint[];
    v_newcomers boolean;
begin
    perform learning.require_name(p_feed, 'p_feed'), learning.require_positions(p_positions);
    perform learning.enter_live(p_feed);
    -- One enrolment at a time: nobody else moves positions between feeds meanwhile; ticks go on.
    -- It locks the feeds it needs, then tick states by id, as ticks do.
    lock table learning.feeds in share row exclusive mode;
    if p_epoch is null then
        insert into learning.feeds as f (feed)
        values (p_feed)
        on conflict on constraint feeds_pkey do update set epoch = f.epoch + 1
        returning f.epoch into v_epoch;
    else
        perform learning.hold_feed(p_feed, p_epoch);
        v_epoch := p_epoch;
    end if;
    v_ids := learning.add_positions(p_positions);
    v_newcomers := exists (
        select
        from unnest(v_ids) as n (position_id)
        left join learning.tick_states as t on t.position_id = n.position_id
        where t.feed is distinct from p_feed
    );

    -- A ticker that loses a position must not go on as if it had it.
    update learning.feeds as f
    set epoch = f.epoch + 1
    where f.feed <> p_feed
        and f.feed in (
            select t.feed from learning.tick_states as t where t.position_id = any (v_ids)
        );

    perform t.position_id
    from learning.tick_states as t
    where t.position_id = any (v_ids) or t.feed = p_feed
    order by t.position_id
    for update;

    update learning.tick_states as t
    set feed = case when t.position_id = any (v_ids) then p_feed
            when p_epoch is not null then t.feed end,
        last_bar_ts = learning.newest_bar(t.position_id, t.feed, t.last_bar_ts)
    where t.position_id = any (v_ids)
        or t.feed = p_feed and (
            p_epoch is null
            or v_newcomers and t.last_bar_ts
                is distinct from learning.newest_bar(t.position_id, t.feed, t.last_bar_ts)
        );

    insert into learning.tick_states as t (position_id, feed)
    select n.position_id, p_feed
    from unnest(v_ids) as n (position_id)
    on conflict on constraint tick_states_pkey do nothing;

    -- A watermark stands for every position of its feed, so a newcomer ends those there are: what
    -- they stood for was just written down.
    if v_newcomers then
        delete from learning.feed_watermarks as m
        using learning.lowcap_positions as p
        where m.feed = p_feed and m.timeframe = p.timeframe and p.position_id = any (v_ids);
    end if;

    return query
    select v_epoch, p.position_id, p.token_contract, p.token_chain, p.symbol, p.timeframe, p.book,
        p.status, p.scope, p.total_allocation_pct, t.state, t.version,
        (extract(epoch from t.last_bar_ts) * 1000)::bigint
    from learning.lowcap_positions as p
    join learning.tick_states as t on t.position_id = p.position_id
    where p.position_id = any (v_ids)
    order by p.position_id;
end
$$;
comment on function pm.enroll_positions(text, jsonb, bigint) is
    'Puts positions (array of token_contract, token_chain, symbol, timeframe, book, total_allocation_pct) under a feed; answers the feed''s epoch, and id, scope, tick state, version and newest bar (epoch ms) of each.';

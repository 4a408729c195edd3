-- Writes one tick of any number of positions, whole or not at all: changed scopes and states of
-- positions, tick states (where version is the expected one; without a state only the newest bar
-- moves), windows (a row per window_id holding what this tick adds to it), results of windows
-- (outcome, virtual result), the summaries of ended episodes, strands, closed trades with their
-- step of the allocation, and the feed's watermarks, which stand for the quiet positions. The same
-- tick again writes nothing new. Raises QD008 when another ticker was faster or has taken the feed
-- over, QD004 and QD041 for a scope that is none, QD017 for a bar or order of the future, what
-- record_closed_trade raises for a trade. It is the ticker's own; a bot calls Tick or quadrant
-- tick.
create or replace function pm.apply_ticks(
    p_feed text, p_epoch bigint, p_watermarks jsonb, p_positions jsonb, p_states jsonb,
    p_windows jsonb, p_results jsonb, p_endings jsonb, p_strands jsonb
)
returns integer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform learning.hold_feed(p_feed, p_epoch);
    perform learning.require_past(to_timestamp(max(t.ms::bigint) / 1000.0), t.what)
    from (
        select 'the bar' as what, jsonb_path_query(p_states, '$[*].last_bar_ms') as ms
        union all
        select 'the bar', w.value from jsonb_each(p_watermarks) as w
        union all
        select 'at_ms', jsonb_path_query(p_strands, '$[*].happened_ms')
    ) as t
    group by t.what;

    -- A closed trade steps the allocation, which is locked before any position.
    if p_strands @? '$[*] ? (@.kind == "position_closed")' then
        perform learning.lock_allocation();
        perform learning.lock_positions(array(
            select w.position_id from jsonb_to_recordset(p_positions) as w (position_id bigint)
        ));
    end if;

    if p_positions <> '[]' then
        perform learning.write_tick_positions(p_positions);
    end if;
    if p_states <> '[]' then
        perform learning.write_tick_states(p_feed, p_states);
    end if;
    if p_windows <> '[]' then
        perform learning.write_tick_windows(p_windows);
    end if;
    if p_results <> '[]' then
        perform learning.write_tick_results(p_results);
    end if;
    perform learning.write_tick_strands(p_endings, p_strands);

    perform learning.record_closed_trade(
        w.content - '{opened_ms,closed_ms}'::text[] || jsonb_build_object(
            'trade_id', w.trade_id, 'position_id', w.position_id, 'timeframe', p.timeframe,
            'closed_at', to_timestamp(w.happened_ms / 1000.0),
            'opened_at', to_timestamp((w.content ->> 'opened_ms')::bigint / 1000.0),
            'roi_is_checked', true
        )
    )
    from jsonb_to_recordset(p_strands) as w (
        kind text, position_id bigint, trade_id text, content jsonb, happened_ms bigint
    )
    join learning.lowcap_positions as p on p.position_id = w.position_id
    where w.kind = 'position_closed'
    order by w.happened_ms, w.trade_id;

    insert into learning.feed_watermarks as m (feed, timeframe, last_bar_ts)
    select p_feed, w.key, to_timestamp(w.value::bigint / 1000.0)
    from jsonb_each_text(p_watermarks) as w
    on conflict on constraint one_watermark_per_feed_and_timeframe do update
    set last_bar_ts = greatest(m.last_bar_ts, excluded.last_bar_ts);

    return jsonb_array_length(p_windows);
end
$$;
comment on function pm.apply_ticks(text, bigint, jsonb, jsonb, jsonb, jsonb, jsonb, jsonb, jsonb) is
    'Writes one tick of many positions in one transaction: positions, tick states, windows, strands, watermarks {timeframe: epoch ms}. Times are epoch ms UTC. QD008 when another ticker was faster or has the feed.';

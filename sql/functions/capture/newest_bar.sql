-- The newest bar a position has ticked (its open): p_last_bar_ts, that of its tick state, or the
-- watermark its feed has for its timeframe, where that is newer.
create or replace function learning.newest_bar(
    p_position_id bigint, p_feed text, p_last_bar_ts timestamptz
)
returns timestamptz
language sql stable
as $$
    select greatest(p_last_bar_ts, (
        select m.last_bar_ts
        from learning.feed_watermarks as m
        join learning.lowcap_positions as p on p.timeframe = m.timeframe
        where m.feed = p_feed and p.position_id = p_position_id
    ))
$$;
comment on function learning.newest_bar(bigint, text, timestamptz) is
    'The open of the newest bar a position has ticked, by itself or by its feed''s watermark (UTC).';

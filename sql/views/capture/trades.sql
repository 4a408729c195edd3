-- Every closed trade, from the strand that told its end, with the episode it was bought in.
create or replace view analyst.trades as
select
    s.trade_id, coalesce(p.symbol, s.content ->> 'symbol') as symbol,
    coalesce(p.timeframe, s.content ->> 'timeframe') as timeframe,
    s.content ->> 'pattern_key' as pattern_key,
    to_timestamp((s.content ->> 'opened_ms')::double precision / 1000) as opened_at,
    s.happened_at as closed_at,
    (s.content ->> 'cost')::double precision as cost,
    (s.content ->> 'pnl')::double precision as pnl,
    (s.content ->> 'roi')::double precision as roi,
    coalesce(e.did_trim, (s.content ->> 'did_trim')::boolean, false) as did_trim,
    coalesce(e.reached_s3, (s.content ->> 'reached_s3')::boolean, false) as reached_s3,
    coalesce(s.episode_id, (
        select w.episode_id
        from learning.pattern_episode_events as w
        where w.trade_id = s.trade_id
        order by w.decided_at
        limit 1
    )) as episode_id
from learning.ad_strands as s
left join learning.lowcap_positions as p on p.position_id = s.position_id
left join lateral (
    select t.did_trim, t.reached_s3
    from learning.pattern_trade_events as t
    where t.trade_id = s.trade_id
    limit 1
) as e on true
where s.kind = 'position_closed';
comment on view analyst.trades is
    'One row per closed trade: cost and pnl in quote currency (after fees), roi a fraction.';

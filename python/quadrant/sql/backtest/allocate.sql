select learning.record_closed_trade(t.trade)
from (
    select jsonb_build_object(
        'trade_id', s.trade_id, 'timeframe', s.timeframe, 'roi', s.roi, 'closed_at', s.closed_at,
        'roi_is_checked', true
    ) as trade
    from pg_temp.staged_trades as s
    order by s.closed_at, s.trade_id
    offset %s limit %s
) as t

select s.trade_id, coalesce(
    (
        select h.after
        from learning.allocation_history as h
        where h.closed_at <= s.opened_at
        order by h.id desc
        limit 1
    ),
    (select h.before from learning.allocation_history as h order by h.id limit 1)
) ->> s.timeframe
from pg_temp.staged_trades as s

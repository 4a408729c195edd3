select w.pattern_key, w.symbol, w.timeframe, w.scope, w.decision, w.outcome, w.roi,
    extract(epoch from w.opened_at)::bigint as opened,
    extract(epoch from w.decided_at)::bigint as t, w.blocked_by, w.at_decision, w.changed
from analyst.setups as w
where w.decided_at >= coalesce(%(since)s::timestamptz, '-infinity')
order by w.decided_at desc, w.window_id
limit %(most)s

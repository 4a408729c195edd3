select r.run, r.pattern_key, r.windows, r.acted, r.pending, r.acted_roi, r.skipped_roi, r.trades,
    r.trade_roi, r.first_at, r.last_at
from analyst.recorded_runs as r
order by r.first_at desc nulls last, r.run, r.pattern_key

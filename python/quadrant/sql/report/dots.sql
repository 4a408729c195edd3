select analyst.setup_in_words(w.pattern_key) as setup, w.symbol, w.timeframe,
    extract(epoch from w.decided_at)::bigint as t, w.outcome, w.roi, w.changed
from analyst.setups as w
where w.changed is not null
order by w.decided_at desc, w.window_id
limit %(most)s

select m.timeframe, (extract(epoch from m.last_bar_ts) * 1000)::bigint
from learning.feed_watermarks as m
where m.feed = %(feed)s

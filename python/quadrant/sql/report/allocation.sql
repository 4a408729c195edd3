select a.timeframe, a.n, a.roi_short, a.roi_long, a.share::double precision as share,
    a.desired::double precision as desired, a.why
from analyst.allocation as a
order by array_position(array['15m', '1h', '4h'], a.timeframe)

select timeframe, n, roi_short::double precision, share::double precision,
    desired::double precision
from analyst.allocation
order by array_position(array['15m', '1h', '4h'], timeframe)

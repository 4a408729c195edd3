select p.symbol, p.timeframe
from learning.lowcap_positions as p
group by p.symbol, p.timeframe
order by learning.likeness(p.symbol || ' ' || p.timeframe, %(symbol)s || ' ' || %(timeframe)s) desc,
    p.symbol, p.timeframe
limit 5

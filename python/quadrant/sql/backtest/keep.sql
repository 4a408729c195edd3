insert into learning.backtests (market, verdict, result)
values (%s, %s, %s)
returning id

select pm.record_closed_trades(%(rows)s, %(source)s)

select k.position_id, k.trade_id from pm.known_trades(%(position_ids)s, %(trade_ids)s) as k

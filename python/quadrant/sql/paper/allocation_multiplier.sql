select pm.allocation_multiplier(%(pattern_key)s, %(scope)s)

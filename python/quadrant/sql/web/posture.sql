select s.a_final, s.e_final, s.position_size_frac, s.confidence, s.overrides
from pm.steer(%(pattern)s, %(scope)s, %(a)s, %(e)s) as s

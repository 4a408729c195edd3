select extract(epoch from t.since)::float8 * 1000, t.gate, t.base, t.value, t.override_id
from pm.gates_over_time(%(pattern_key)s, %(scope)s) as t
order by t.since

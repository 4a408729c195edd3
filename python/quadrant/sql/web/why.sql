select w.lever, w.action_category, w.override_id, w.scope_subset, w.method, w.verdict, w.base,
    w.value, w.share, w.sentence, g.direction, coalesce(g.value, w.base) as in_force
from pm.why(%(pattern)s, %(scope)s) with ordinality as w
left join pm.gates(%(pattern)s, %(scope)s) as g on g.gate = w.lever
order by w.ordinality

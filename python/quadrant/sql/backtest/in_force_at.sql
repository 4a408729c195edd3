select
    (
        select jsonb_object_agg(g.gate, g.value)
        from pm.gates(s.item ->> 'pattern_key', s.item -> 'scope') as g
    ),
    t.position_size_frac / learning.entry_size(0.5),
    pm.allocation_multiplier(%(family)s, s.item -> 'scope')
from jsonb_array_elements(%(asked)s) with ordinality as s (item, place)
cross join lateral pm.steer(s.item ->> 'pattern_key', s.item -> 'scope', 0.5, 0.5) as t
order by s.place

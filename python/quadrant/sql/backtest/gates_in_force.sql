select jsonb_object_agg(g.gate, g.value)
from jsonb_array_elements(%s) with ordinality as s (item, place)
cross join lateral pm.gates(s.item ->> 'pattern_key', s.item -> 'scope') as g
group by s.place
order by s.place

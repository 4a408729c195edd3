select c.id, analyst.explain_override(c.id) - 'sides' as story
from unnest(%(ids)s::bigint[]) with ordinality as c (id, place)
order by c.place

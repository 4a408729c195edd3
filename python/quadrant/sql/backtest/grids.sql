select k.pattern_key, s.settings
from (
    select distinct g.pattern_key from learning.gates as g where cardinality(g.steps) > 1
) as k
cross join lateral learning.judging_settings(k.pattern_key) as s
order by k.pattern_key

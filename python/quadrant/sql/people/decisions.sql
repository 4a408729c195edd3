select d.*
from analyst.decisions as d
where %(all)s or d.status = 'active' or d.method = 'simulation'
order by d.status <> 'active', d.pinned desc, d.method = 'strength', d.pattern_key, d.scope_subset::text, d.id;

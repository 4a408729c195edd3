select count(*) as windows, count(*) filter (where w.gates_differ) as differed,
    count(*) filter (where w.gates_differ and w.decision = 'acted') as acted_under_override,
    min(w.decided_at) filter (where w.gates_differ) as first_differed_at
from analyst.windows as w
where w.decision is not null

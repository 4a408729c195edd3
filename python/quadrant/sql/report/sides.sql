select s.solution_id, s.side, s.symbol, s.timeframe, extract(epoch from s.opened_at)::bigint as t,
    s.decision, s.outcome, s.roi, s.value
from analyst.changed_sides as s
where s.solution_id = any (%(ids)s)
order by s.solution_id, s.opened_at, s.window_id

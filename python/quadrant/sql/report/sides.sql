-- The newest of every solution, and how many there are.
select s.solution_id, s.side, s.symbol, s.timeframe, extract(epoch from s.opened_at)::bigint as t,
    s.decision, s.outcome, s.roi, s.value, s.of_all
from unnest(%(ids)s::bigint[]) as i (id)
cross join lateral (
    select c.*, count(*) over () as of_all
    from analyst.changed_sides as c
    where c.solution_id = i.id
    order by c.opened_at desc, c.window_id
    limit %(most)s
) as s
order by s.solution_id, s.opened_at, s.window_id

select g.lesson_id, g.steps, g.changed, g.misses_caught, g.failures_added, g.failures_avoided,
    g.wins_lost, g.benefit, g.cost, g.z, g.money_z, g.at_edge
from analyst.grids as g
where g.lesson_id = any (%(lessons)s)
order by g.lesson_id, g.candidate

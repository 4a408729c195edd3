select p.solution_id, p.look_day, p.status, p.n_windows, p.changed, p.evidence, p.z, p.money_z,
    p.odds_for, p.odds_against
from analyst.evidence_path as p
where p.solution_id = any (%(ids)s)
order by p.solution_id, p.look_day

-- How the evidence of every solution went from look to look.
create or replace view analyst.evidence_path as
select p.solution_id, o.pattern_key, o.scope_subset, p.look_day, p.status, p.n_windows, p.changed,
    p.evidence, p.z, p.money_z, p.value,
    (p.record ->> 'for')::double precision as odds_for,
    (p.record ->> 'against')::double precision as odds_against
from learning.evidence_path as p
join learning.solutions as o on o.id = p.solution_id;
comment on view analyst.evidence_path is
    'One row per solution and look: windows, evidence E, z, money, odds of its own record.';

-- Every decision by its id, to be compared before and after a dry run.
select d.id, d.status, d.method, d.pattern_key, d.scope_subset, d.gates, d.changed, d.value, d.z,
    d.evidence, d.reason
from analyst.decisions as d
union all
select s.solution_id, s.status, 'simulation', s.pattern_key, s.scope_subset,
    coalesce(s.gates, '[]'), s.changed, s.value, s.z, s.evidence, s.reason
from analyst.solutions as s
where s.status in ('ended', 'dismissed')

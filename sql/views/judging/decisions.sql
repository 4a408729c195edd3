-- What is in force or proposed, a row per decision: solutions, what people set by hand in a slice,
-- what drift and the ladder ask for, and strength that is in force (its proposals are in
-- analyst.strength_lessons). The id is what quadrant override and explain take.
create or replace view analyst.decisions as
select s.solution_id as id, s.status, s.pinned, 'simulation' as method, s.pattern_key,
    s.scope_subset, coalesce(s.gates, '[]') as gates, s.changed, s.value, s.z, s.evidence,
    s.record_since, s.record_changed, s.record_value, s.odds_for, s.odds_against, s.reason,
    s.changed_by as decided_by, s.changed_at
from analyst.solutions as s
where s.status in ('active', 'proposed', 'suspended')
union all
select min(o.id), max(o.status), bool_or(o.pinned), o.method, o.pattern_key, o.scope_subset,
    jsonb_agg(jsonb_build_object(
        'gate', coalesce(g.gate, o.action_category), 'base', g.base, 'value', round(
            coalesce(
                learning.gate_value(g.base, o.multiplier, o.delta, g.min_value, g.max_value),
                o.multiplier
            )::numeric, 9
        )
    ) order by g.ordinal),
    null, null, null, null, null, null, null, null, null, '', coalesce(
        case when o.method = 'manual' then max(o.evidence ->> 'by') end, o.method
    ), max(o.last_updated_at)
from learning.pm_overrides as o
left join learning.gates as g
    on g.pattern_key = o.pattern_key and g.action_category = o.action_category
where o.method <> 'simulation' and (o.method <> 'strength' or o.status = 'active')
group by o.method, o.status, o.pattern_key, o.scope_subset;
comment on view analyst.decisions is
    'One row per decision in force or proposed: solutions, gates set by hand, drift, ladder.';
comment on column analyst.decisions.gates is 'The gates it moves: [{gate, base, value}]; empty where it goes back to base.';
comment on column analyst.decisions.value is 'Sum of the differences in ROI over the windows it changes (0.05 = 5 %); solutions only.';
comment on column analyst.decisions.record_value is 'The same, since record_since alone.';

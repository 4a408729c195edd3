-- Every change of gates that was ever written, newest first in each pattern: its gates, its
-- evidence at its newest look, and its own track record since it was written.
create or replace view analyst.solutions as
select
    o.id as solution_id,
    o.pattern_key,
    o.scope_subset,
    o.depth,
    o.status,
    o.reason,
    t.gates,
    o.steps,
    o.n,
    e.changed,
    e.value,
    e.z,
    e.money_z,
    e.evidence,
    e.look_day,
    o.written_at,
    o.record_since,
    (o.record ->> 'changed')::integer as record_changed,
    (o.record ->> 'days')::integer as record_days,
    (o.record ->> 'value')::double precision as record_value,
    (o.record ->> 'for')::double precision as odds_for,
    (o.record ->> 'against')::double precision as odds_against,
    o.changed_at,
    o.changed_by,
    o.pinned,
    o.approved_by
from learning.solutions as o
left join lateral (
    select jsonb_agg(jsonb_build_object(
        'gate', g.gate, 'base', g.base,
        'value', round((g.base + (o.steps ->> g.gate)::double precision)::numeric, 9)
    ) order by g.ordinal) filter (where (o.steps ->> g.gate)::double precision <> 0) as gates
    from learning.gates as g
    where g.pattern_key = o.pattern_key
) as t on true
left join lateral (
    select p.*
    from learning.evidence_path as p
    where p.solution_id = o.id
    order by p.look_id desc
    limit 1
) as e on true;
comment on view analyst.solutions is
    'One row per change of gates, in force, proposed or past, with evidence and track record.';
comment on column analyst.solutions.gates is 'The levers it moves: [{gate, base, value}]; null where it goes back to base.';
comment on column analyst.solutions.value is 'Sum of the differences in ROI over the windows it changes (0.05 = 5 %), within evidence_days.';
comment on column analyst.solutions.record_value is 'The same, since record_since alone.';
comment on column analyst.solutions.odds_for is 'Wealth of a bet on it since record_since: 20 means 20 to 1.';
comment on column analyst.solutions.odds_against is 'Wealth of a bet against it since record_since.';

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
    o.approved_by,
    f.in_force_since,
    c.let_in,
    c.let_in_days,
    c.let_in_finished,
    c.let_in_succeeded,
    c.let_in_roi,
    c.kept_out,
    c.kept_out_finished,
    c.kept_out_succeeded,
    c.kept_out_roi
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
) as e on true
left join lateral (
    select least(
            (
                select min(k.looked_at)
                from learning.evidence_path as p
                join learning.looks as k on k.id = p.look_id
                where p.solution_id = o.id and p.status = 'active'
            ),
            case o.status when 'active' then o.changed_at end
        ) as in_force_since
) as f on true
left join lateral (
    select count(*) filter (where w.let_in) as let_in,
        count(distinct (w.decided_at at time zone 'utc')::date) filter (where w.let_in)
            as let_in_days,
        count(*) filter (where w.let_in and w.finished) as let_in_finished,
        count(*) filter (where w.let_in and w.succeeded) as let_in_succeeded,
        avg(w.roi) filter (where w.let_in) as let_in_roi,
        count(*) filter (where not w.let_in) as kept_out,
        count(*) filter (where not w.let_in and w.finished) as kept_out_finished,
        count(*) filter (where not w.let_in and w.succeeded) as kept_out_succeeded,
        avg(w.roi) filter (where not w.let_in) as kept_out_roi
    from (
        select n.changed = 'let_in' as let_in, n.decided_at, n.roi,
            n.outcome = 'success' as succeeded, n.outcome in ('success', 'failure') as finished
        from learning.pattern_episode_events as n
        where n.changed is not null
            and n.pattern_key = o.pattern_key
            and n.scope @> o.scope_subset
            and n.decided_at >= f.in_force_since
            and not exists (
                select
                from learning.gates as g
                where g.pattern_key = o.pattern_key
                    and (o.steps ->> g.gate)::double precision <> 0
                    and abs(
                        (n.factors ->> (
                            g.gate || case g.direction when 'at_most' then '_max' else '_min' end
                        ))::double precision - g.base - (o.steps ->> g.gate)::double precision
                    ) > 1e-9
            )
    ) as w
) as c on f.in_force_since is not null;
comment on view analyst.solutions is
    'One row per change of gates, in force, proposed or past, with evidence and track record.';
comment on column analyst.solutions.gates is 'The levers it moves: [{gate, base, value}]; null where it goes back to base.';
comment on column analyst.solutions.value is 'Sum of the differences in ROI over the windows it changes (0.05 = 5 %), within evidence_days.';
comment on column analyst.solutions.record_value is 'The same, since record_since alone.';
comment on column analyst.solutions.odds_for is 'Wealth of a bet on it since record_since: 20 means 20 to 1.';
comment on column analyst.solutions.odds_against is 'Wealth of a bet against it since record_since.';
comment on column analyst.solutions.in_force_since is 'When it first came into force (UTC); null: never.';
comment on column analyst.solutions.let_in is 'Setups of its slice bought since in_force_since under its thresholds, which base gates would not have bought.';
comment on column analyst.solutions.let_in_days is 'On how many UTC days.';
comment on column analyst.solutions.let_in_roi is 'Their mean virtual result, a fraction (0.05 = 5 %).';
comment on column analyst.solutions.kept_out is 'Setups blocked since in_force_since under its thresholds, which base gates would have bought.';
comment on column analyst.solutions.kept_out_roi is 'Their mean virtual result, a fraction (0.05 = 5 %).';

-- Every opportunity window with the thresholds that were in force when it was decided, and whether
-- they differed from base (beyond rounding).
create or replace view analyst.windows as
select
    e.window_id, e.pattern_key, e.episode_type, e.scope, e.decision, e.outcome, e.outcome_reason,
    e.blocked_by, e.opened_at, e.decided_at, e.closed_at, e.outcome_at, e.trade_id, e.roi,
    g.in_force, coalesce(g.differs, false) as gates_differ,
    e.episode_id
from learning.pattern_episode_events as e
left join lateral (
    select
        jsonb_object_agg(r.gate, t.threshold) as in_force,
        bool_or(abs(t.threshold - r.base) > 1e-9) as differs
    from learning.gates as r
    cross join lateral (
        select (e.factors ->> (
            r.gate || case r.direction when 'at_most' then '_max' else '_min' end
        ))::double precision as threshold
    ) as t
    where r.pattern_key = e.pattern_key and t.threshold is not null
) as g on true;
comment on view analyst.windows is
    'One row per opportunity window: decision, outcome, virtual ROI (fraction), thresholds in force at its decision.';

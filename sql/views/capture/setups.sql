-- Every decided window as people look at it: what it was, what was done, how it ended, and what the
-- gates in force changed.
create or replace view analyst.setups as
select e.window_id, e.episode_id, e.pattern_key, e.episode_type, p.symbol, p.timeframe, p.book,
    e.scope, e.decision, e.outcome, e.roi, e.opened_at, e.decided_at, e.outcome_at, e.blocked_by,
    (
        select jsonb_object_agg(g.gate, round((e.factors ->> g.value_key)::numeric, 6))
        from learning.gates as g
        where g.pattern_key = e.pattern_key and jsonb_typeof(e.factors -> g.value_key) = 'number'
    ) as at_decision,
    (
        select jsonb_object_agg(k.gate, round((e.factors ->> k.threshold_key)::numeric, 9))
        from (
            select g.gate, g.gate || case g.direction when 'at_most' then '_max' else '_min' end
                as threshold_key
            from learning.gates as g
            where g.pattern_key = e.pattern_key
        ) as k
        where jsonb_typeof(e.factors -> k.threshold_key) = 'number'
    ) as in_force,
    e.base_admits, e.changed, e.trade_id
from learning.pattern_episode_events as e
left join learning.lowcap_positions as p on p.position_id = e.position_id
where e.decision is not null;
comment on view analyst.setups is
    'One row per decided window, of all time: decision, outcome, virtual result, values and thresholds at the decision, and what the gates in force changed.';
comment on column analyst.setups.roi is 'Virtual result after fees, a fraction (0.05 = 5 %), whoever took it; null while it is not known.';
comment on column analyst.setups.at_decision is 'The gates'' values at the decision: {gate: value}.';
comment on column analyst.setups.in_force is 'The thresholds that were in force at the decision: {gate: threshold}.';
comment on column analyst.setups.blocked_by is 'Gates that failed at the decision, each on its own; {policy}: all passed and nothing was bought.';
comment on column analyst.setups.base_admits is 'Whether some sample passed all base gates, as the judge sees it; null without samples.';
comment on column analyst.setups.changed is 'let_in: bought, and base gates would not have; kept_out: blocked, and base gates would have bought; null: the gates in force changed nothing.';

-- Decisions that were told wrongly, beside what stands now.
create or replace view analyst.corrections as
select c.window_id, e.pattern_key, c.decision as was, c.decided_at as was_at,
    c.blocked_by as was_blocked_by, e.decision as is_now, e.decided_at as is_at, e.trade_id,
    c.corrected_at
from learning.corrected_decisions as c
join learning.pattern_episode_events as e on e.window_id = c.window_id;
comment on view analyst.corrections is
    'One row per decision that was corrected: what it was (decision, time, gates that failed) and what it is now.';

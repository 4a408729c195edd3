-- How the experiments of each kind ended: acted or skipped x success or failure, and the rest.
create or replace view analyst.quadrants as
select e.pattern_key, e.episode_type,
    count(*) as windows,
    count(*) filter (where q.quadrant = 'acted_success') as acted_success,
    count(*) filter (where q.quadrant = 'acted_failure') as acted_failure,
    count(*) filter (where q.quadrant = 'skipped_success') as skipped_success,
    count(*) filter (where q.quadrant = 'skipped_failure') as skipped_failure,
    count(*) filter (where q.quadrant = 'policy') as policy_skips,
    count(*) filter (where e.outcome = 'neutral') as neutral,
    count(*) filter (where e.outcome is null) as pending
from learning.pattern_episode_events as e
cross join lateral (
    select learning.quadrant(e.decision, e.outcome, e.blocked_by) as quadrant offset 0
) as q
group by e.pattern_key, e.episode_type;
comment on view analyst.quadrants is
    'Experiments per pattern and kind: the four quadrants, policy skips (apart), neutral and pending.';

-- How the experiments of each kind ended: acted or skipped x success or failure, and the rest.
create or replace view analyst.quadrants as
select
    e.pattern_key,
    e.episode_type,
    count(*) as windows,
    count(*) filter (where e.decision = 'acted' and e.outcome = 'success') as acted_success,
    count(*) filter (where e.decision = 'acted' and e.outcome = 'failure') as acted_failure,
    count(*) filter (
        where e.decision = 'skipped' and e.outcome = 'success' and e.blocked_by <> '{policy}'
    ) as skipped_success,
    count(*) filter (
        where e.decision = 'skipped' and e.outcome = 'failure' and e.blocked_by <> '{policy}'
    ) as skipped_failure,
    count(*) filter (
        where e.outcome in ('success', 'failure') and e.blocked_by = '{policy}'
    ) as policy_skips,
    count(*) filter (where e.outcome = 'neutral') as neutral,
    count(*) filter (where e.outcome is null) as pending
from learning.pattern_episode_events as e
group by e.pattern_key, e.episode_type;
comment on view analyst.quadrants is
    'Experiments per pattern and kind: the four quadrants, policy skips (apart), neutral and pending.';

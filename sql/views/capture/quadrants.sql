-- How the experiments of each kind ended: acted or skipped x success or failure, and the rest.
create or replace view analyst.quadrants as
select e.pattern_key, e.episode_type,
    sum(e.n)::bigint as windows,
    coalesce(sum(e.n) filter (where q.quadrant = 'acted_success'), 0)::bigint as acted_success,
    coalesce(sum(e.n) filter (where q.quadrant = 'acted_failure'), 0)::bigint as acted_failure,
    coalesce(sum(e.n) filter (where q.quadrant = 'skipped_success'), 0)::bigint as skipped_success,
    coalesce(sum(e.n) filter (where q.quadrant = 'skipped_failure'), 0)::bigint as skipped_failure,
    coalesce(sum(e.n) filter (where q.quadrant = 'policy'), 0)::bigint as policy_skips,
    coalesce(sum(e.n) filter (where e.outcome = 'neutral'), 0)::bigint as neutral,
    coalesce(sum(e.n) filter (where e.outcome is null), 0)::bigint as pending
from (
    select n.pattern_key, n.episode_type, n.decision, n.outcome,
        case when n.blocked_by = '{policy}' then n.blocked_by else '{}' end as blocked_by,
        count(*) as n
    from learning.pattern_episode_events as n
    group by 1, 2, 3, 4, 5
) as e
cross join lateral (
    select learning.quadrant(e.decision, e.outcome, e.blocked_by) as quadrant offset 0
) as q
group by e.pattern_key, e.episode_type;
comment on view analyst.quadrants is
    'Experiments per pattern and kind: the four quadrants, policy skips (apart), neutral and pending.';

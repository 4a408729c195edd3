select coalesce(sum(e.n), 0)::bigint as experiments,
    min(learning.setting(e.pattern_key, 'n_min')::integer) as needed
from (
    select e.pattern_key, count(*) as n
    from learning.pattern_episode_events as e
    where e.decision is not null and e.outcome in ('success', 'failure')
    group by e.pattern_key
) as e

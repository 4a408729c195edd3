-- Of these experiments those decided before the lookback of their pattern, and its days (the most).
select count(*), max(d.days)
from learning.pattern_episode_events as e
join (
    select p.pattern_key, learning.setting(p.pattern_key, 'lookback_days')::integer as days
    from (
        select distinct o.pattern_key
        from learning.pattern_episode_events as o
        where o.id = any (%(ids)s::bigint[])
    ) as p
) as d on d.pattern_key = e.pattern_key
where e.id = any (%(ids)s::bigint[])
    and e.decided_at <= learning.clock() - make_interval(days => d.days)

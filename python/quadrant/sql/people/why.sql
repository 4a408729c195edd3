select p.position_id, p.symbol, p.timeframe, p.token_chain, p.book, p.status, p.state, p.scope,
    k.pattern_key, s.a_final as a, s.e_final as e, s.position_size_frac, w.*
from learning.lowcap_positions as p
cross join (
    select g.pattern_key from learning.gates as g where g.pattern_key like 'pm.%%'
    group by g.pattern_key
    union all
    select o.pattern_key
    from learning.pm_overrides as o
    where o.action_category = 'dm_alloc' and o.status = 'active'
    group by o.pattern_key
) as k
left join lateral (
    select s.* from pm.steer(k.pattern_key, p.scope, 0.5, 0.5) as s where k.pattern_key like 'pm.%%'
) as s on true
cross join lateral pm.why(k.pattern_key, p.scope) with ordinality as w
where lower(p.symbol) = lower(%(symbol)s)
    and p.timeframe = %(timeframe)s
    and (k.pattern_key like 'pm.%%' or w.override_id is not null)
order by p.position_id, k.pattern_key like 'dm.%%', k.pattern_key, w.ordinality

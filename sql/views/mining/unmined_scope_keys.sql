create or replace view analyst.unmined_scope_keys as
select k.name as scope_key, count(*) as experiments, d.name is not null as is_registered,
    max(e.opened_at) as last_seen_at
from (
    select w.scope, w.opened_at
    from learning.pattern_episode_events as w
    order by w.id desc
    limit 20000
) as e
cross join lateral jsonb_object_keys(e.scope) as k (name)
left join learning.scope_dimensions as d on d.name = k.name
where d.enabled is not true
group by k.name, d.name;
comment on view analyst.unmined_scope_keys is
    'Scope keys that the newest 20,000 experiments carry and nothing mines: registered but off, or unknown. learning.enable_dimension() turns a registered one on.';

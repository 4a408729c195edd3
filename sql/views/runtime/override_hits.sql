-- How often each override was in force where something was decided, from what windows and closed
-- trades were stored with: nothing is counted while the PM reads. Those never hit are not here.
create or replace view analyst.override_hits as
select h.override_id, count(*) filter (where h.is_window) as windows,
    count(*) filter (where h.is_window and h.is_acted) as windows_acted,
    count(*) filter (where not h.is_window) as trades,
    min(h.at) as first_hit_at, max(h.at) as last_hit_at
from (
    select case when i.item ~ '^\d{1,18}$' then i.item::bigint end as override_id,
        true as is_window, e.decision = 'acted' as is_acted,
        coalesce(e.decided_at, e.opened_at) as at
    from learning.pattern_episode_events as e
    cross join jsonb_array_elements_text(e.overrides) as i (item)
    where e.overrides is not null and i.item ~ '^\d{1,18}$'
    union all
    select u.override_id, false, true, u.closed_at
    from (
        select distinct s.trade_id, s.happened_at as closed_at, t.override_id
        from learning.ad_strands as s
        cross join lateral learning.trade_overrides(s.content) as t
        where s.kind = 'position_closed'
    ) as u
) as h
group by h.override_id;
comment on view analyst.override_hits is
    'Windows decided and trades closed under each override, from what they were stored with.';

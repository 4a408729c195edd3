-- Since the first change of gates or posture: capital by family moves with every closed trade.
with first_change as (
    select min(h.changed_at) as at
    from learning.pm_overrides_history as h
    where h.new_row ->> 'status' = 'active' and h.new_row ->> 'action_category' <> 'dm_alloc'
),
equity as (
    select t.*, sum(t.pnl) over (order by t.closed_at, t.trade_id) as gained,
        t.opened_at >= f.at as after
    from analyst.trades as t
    cross join first_change as f
),
peaks as (
    select e.*, greatest(0, max(e.gained) over (order by e.closed_at, e.trade_id)) as peak
    from equity as e
)
select coalesce(p.after, false) as after, count(*) as trades,
    count(*) filter (where p.pnl > 0) as winners, sum(p.pnl) / sum(p.cost) as roi,
    sum(p.pnl) as pnl,
    max((p.peak - p.gained) / (%(capital)s + p.peak)) as drawdown
from peaks as p
group by 1
order by 1

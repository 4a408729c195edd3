-- Per timeframe: its share, where the evidence wants it, that evidence, and what last moved it.
create or replace view analyst.allocation as
with present as (
    select t.timeframe, t.share, t.roi_short, t.roi_long, t.n, t.newest_at
    from (select) as always
    left join learning.learning_configs as c on c.module_id = 'decision_maker'
    cross join lateral learning.timeframe_allocation(c.config_data) as t
),
desired as (
    select learning.desired_shares(
        jsonb_object_agg(p.timeframe, p.share),
        jsonb_object_agg(p.timeframe, p.roi_short)
            filter (where p.n > 0 and p.roi_short is not null)
    ) as shares
    from present as p
    having count(*) filter (where p.n > 0 and p.roi_short is not null) > 1
)
select p.timeframe, p.share, (d.shares ->> p.timeframe)::numeric as desired, p.roi_short,
    p.roi_long, p.n, p.newest_at, (h.change ->> p.timeframe)::numeric as last_change,
    h.stepped_at as last_changed_at, h.trade_id as last_trade_id,
    h.timeframe as last_trade_timeframe, h.roi as last_trade_roi, latest.reason as why
from present as p
left join desired as d on true
left join lateral (
    select a.*
    from learning.allocation_history as a
    where (a.change ->> p.timeframe)::numeric <> 0
    order by a.id desc
    limit 1
) as h on true
left join lateral (
    select a.reason from learning.allocation_history as a order by a.id desc limit 1
) as latest on true;
comment on view analyst.allocation is
    'One row per timeframe: share now and desired (0..1), average ROIs over 14 and 90 days (fractions), trades, the last change and the trade behind it, and why the newest trade moved what it moved.';

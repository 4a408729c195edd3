-- Every step of the allocation, one row per timeframe: for a chart of the shares.
create or replace view analyst.allocation_path as
select h.id as step_id, h.stepped_at, s.key as timeframe, s.value::numeric as share,
    (h.change ->> s.key)::numeric as change, (h.desired ->> s.key)::numeric as desired, h.trade_id,
    h.timeframe as trade_timeframe, h.roi as trade_roi, h.closed_at as trade_closed_at, h.reason
from learning.allocation_history as h
cross join lateral jsonb_each_text(h.after) as s;
comment on view analyst.allocation_path is
    'Shares (0..1) after every closed trade, one row per step and timeframe, with the trade and the reason.';

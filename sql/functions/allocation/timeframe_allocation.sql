-- The shares and ROI averages a configuration of the decision maker holds, one row per timeframe.
-- Without timeframe_allocation (configurations of older systems have timeframe_weights, which
-- nobody reads) the shares are 15, 50 and 35 %. ROIs are fractions, null without trades.
create or replace function learning.timeframe_allocation(p_config jsonb)
returns table (
    timeframe text, share numeric, roi_short numeric, roi_long numeric, n integer,
    newest_at timestamptz
)
language sql stable parallel safe rows 3
as $$
    select d.timeframe, coalesce((e.entry ->> 'current_allocation')::numeric, d.share),
        (e.entry ->> 'roi_short')::numeric, (e.entry ->> 'roi_long')::numeric,
        coalesce((e.entry ->> 'n')::integer, 0), (e.entry ->> 'updated_at')::timestamptz
    from (values ('15m', 0.15), ('1h', 0.50), ('4h', 0.35)) as d (timeframe, share)
    cross join lateral (select p_config -> 'timeframe_allocation' -> d.timeframe) as e (entry)
$$;
comment on function learning.timeframe_allocation(jsonb) is
    'Share (0..1), short (14 days) and long (90 days) average ROI, trades and newest trade of each timeframe, from a decision_maker configuration.';

-- learning.record_closed_trade for the portfolio manager: the same keys, answers and errors.
create or replace function pm.record_closed_trade(p_trade jsonb)
returns jsonb
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
    select learning.enter_live();
    select learning.record_closed_trade(p_trade);
$$;
comment on function pm.record_closed_trade(jsonb) is
    'Records a closed trade once (trade_id, timeframe, roi, closed_at, ...) and steps the allocation; null for a repeat.';

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
    'Records a closed trade once: trade_id, roi (a fraction after fees), closed_at, timeframe; also position_id, symbol, pattern_key, scope, opened_at, hold_hours, actions, did_trim, reached_s3, cost and pnl (quote units), context, roi_is_checked, run (a label its id begins with), allocate (false: it moves no capital). What the tick was told fills what is left out. Answers the step of the allocation, null for a repeat.';

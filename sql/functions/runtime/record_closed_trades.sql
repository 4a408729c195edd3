-- learning.record_closed_trades for the portfolio manager.
create or replace function pm.record_closed_trades(p_trades jsonb, p_source text default 'pm')
returns jsonb
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
    select learning.enter_live();
    select learning.record_closed_trades(p_trades, p_source);
$$;
comment on function pm.record_closed_trades(jsonb, text) is
    'Records an array of closed trades (pm.record_closed_trade); bad ones are kept as rejects under p_source and the rest goes on. Returns {read, new, already_there, rejected, reasons}.';

-- Records a closed trade, once per trade_id: strand, trade events, ROI averages, a step of the
-- allocation, positions, log, in the caller's transaction. Keys: trade_id, roi (a fraction after
-- fees), closed_at, and timeframe (15m, 1h, 4h) unless the tick was told the trade's orders; what
-- the others are stands in docs/recording.md. Answers the row of allocation_history (of a trade
-- that moves no capital what is known of it) with the counts of trade_events and positions written;
-- null for a trade told before. The averages over 14 days decide. Raises QD001, QD004 to QD007,
-- QD014, QD017, QD018, QD041, QD046, QD048.
create or replace function learning.record_closed_trade(p_trade jsonb)
returns jsonb
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_state jsonb;
    v_answer jsonb;
begin
    select t.p_state, t.p_answer into v_state, v_answer
    from learning.tell_closed_trade(p_trade, null) as t;
    return v_answer || jsonb_build_object(
        'positions', coalesce(learning.keep_allocation(v_state), 0)
    );
end
$$;
comment on function learning.record_closed_trade(jsonb) is
    'Records a closed trade once: strand, trade events, ROI averages, allocation step, positions, log. Answers the step, null for a repeat.';

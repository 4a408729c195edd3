-- Closed trades that have no events yet get them from their position_closed strands, oldest first;
-- a trade whose events are there is left alone, whoever wrote them, and so is one of
-- allocation_history: record_closed_trade told all there is of it. One that cannot be read goes to
-- episode_rejects, with what learning.retry_reject needs once it is corrected, and does not stop
-- the next. Returns {"trades", "trade_events", "rejected"}.
create or replace function learning.aggregate_trades()
returns jsonb
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set timezone = 'UTC'
as $$
declare
    v_strand learning.ad_strands;
    v_trades integer := 0;
    v_events integer := 0;
    v_rejected integer := 0;
    v_payload jsonb;
begin
    for v_strand in
        select distinct on (s.trade_id) s.*
        from learning.ad_strands as s
        where s.kind = 'position_closed'
            and s.trade_id is not null
            and not exists (
                select from learning.pattern_trade_events as e where e.trade_id = s.trade_id
            )
            and not exists (
                select from learning.allocation_history as h where h.trade_id = s.trade_id
            )
        order by s.trade_id, s.id
    loop
        begin
            v_events := v_events + learning.aggregate_trade(v_strand);
            v_trades := v_trades + 1;
        exception
            when others then
                if not learning.is_row_fault(sqlstate) then
                    raise;
                end if;
                v_payload := (
                    select jsonb_strip_nulls(jsonb_build_object('timeframe', p.timeframe))
                        || v_strand.content
                        || jsonb_strip_nulls(jsonb_build_object(
                            'trade_id', v_strand.trade_id, 'closed_at', v_strand.happened_at,
                            'position_id', v_strand.position_id
                        ))
                    from (values (v_strand.position_id)) as s (position_id)
                    left join learning.lowcap_positions as p on p.position_id = s.position_id
                );
                v_rejected := v_rejected + 1;
                perform learning.keep_reject(
                    'closed_trade', 'aggregator', v_payload, sqlstate, sqlerrm
                );
        end;
    end loop;
    return jsonb_build_object(
        'trades', v_trades, 'trade_events', v_events, 'rejected', v_rejected
    );
end
$$;
comment on function learning.aggregate_trades() is
    'Writes the trade events that are missing from the strands of closed trades; returns counts.';

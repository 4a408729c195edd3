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
set timezone = 'UTC'
as $$
declare
    v_trade jsonb := learning.require_closed_trade(p_trade);
    v_closed_at timestamptz := v_trade ->> 'closed_at';
    v_position_id bigint := nullif(v_trade ->> 'position_id', '');
    v_allocates boolean := not v_trade ? 'allocate';
    v_config jsonb := case when v_allocates then learning.lock_allocation() end;
    v_trade_id text := v_trade ->> 'trade_id';
    v_step jsonb;
    v_events learning.pattern_trade_events[];
    v_written jsonb;
begin
    if exists (
        select from learning.allocation_history as h where h.trade_id = v_trade_id
    ) or exists (
        select from learning.ad_strands as s
        where s.trade_id = v_trade_id
            and s.kind = 'position_closed'
            and (not v_allocates or s.content ? 'allocate')
    ) then
        return null;
    end if;
    if v_position_id is not null and not exists (
        select from learning.lowcap_positions as p where p.position_id = v_position_id
    ) then
        raise exception using
            errcode = 'QD048',
            message = format('there is no position %s', v_position_id),
            hint = 'Leave position_id out where the position is gone.';
    end if;

    v_step := case when v_allocates then learning.step_allocation(
        v_config, v_trade_id, v_trade ->> 'timeframe', (v_trade ->> 'roi')::numeric, v_closed_at
    ) else jsonb_build_object(
        'trade_id', v_trade_id, 'timeframe', v_trade -> 'timeframe', 'roi', v_trade -> 'roi',
        'closed_at', v_closed_at, 'positions', 0, 'reason', 'this trade moves no capital'
    ) end;
    insert into learning.ad_strands (
        kind, position_id, trade_id, content, happened_at, strand_key
    )
    values (
        'position_closed', v_position_id, v_trade_id,
        v_trade - '{trade_id,position_id,closed_at,opened_at}'::text[], v_closed_at,
        'position_closed:' || v_trade_id
    )
    on conflict on constraint a_strand_is_told_once do nothing;

    v_events := array(
        select e
        from learning.trade_events(v_trade) as e
        where not exists (
            select from learning.pattern_trade_events as t where t.trade_id = v_trade_id
        )
    );
    v_written := jsonb_build_object(
        'trade_events', cardinality(learning.write_trade_events(v_events))
    );
    perform learning.log(
        'INFO',
        case when not v_allocates then 'Trade recorded'
            when v_step -> 'after' = v_step -> 'before' then 'Allocation kept'
            else 'Allocation updated' end,
        v_step - '{id,stepped_at}'::text[] || v_written
    );
    return v_step - '{roi_short,n}'::text[] || v_written;
end
$$;
comment on function learning.record_closed_trade(jsonb) is
    'Records a closed trade once: strand, trade events, ROI averages, allocation step, positions, log. Answers the step, null for a repeat.';

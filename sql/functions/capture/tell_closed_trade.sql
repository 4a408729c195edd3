-- Tells a closed trade (learning.record_closed_trade) within a batch: strand, trade events, history
-- of the allocation, log. p_state is the allocation's (learning.allocation_state; null: not read
-- yet) and is answered as the trade leaves it: who calls writes it in the end. p_answer is null for
-- a trade told before.
create or replace function learning.tell_closed_trade(
    p_trade jsonb, inout p_state jsonb, out p_answer jsonb
)
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set timezone = 'UTC'
as $$
declare
    v_trade jsonb := learning.require_closed_trade(p_trade);
    v_closed_at timestamptz := v_trade ->> 'closed_at';
    v_position_id bigint := nullif(v_trade ->> 'position_id', '');
    v_allocates boolean := not v_trade ? 'allocate';
    v_trade_id text := v_trade ->> 'trade_id';
    v_step jsonb;
    v_events learning.pattern_trade_events[];
    v_written jsonb;
begin
    if v_allocates and p_state is null then
        p_state := learning.allocation_state();
    end if;
    if exists (
        select from learning.allocation_history as h where h.trade_id = v_trade_id
    ) or exists (
        select from learning.ad_strands as s
        where s.trade_id = v_trade_id
            and s.kind = 'position_closed'
            and (not v_allocates or s.content ? 'allocate')
    ) then
        return;
    end if;
    if v_position_id is not null and not exists (
        select from learning.lowcap_positions as p where p.position_id = v_position_id
    ) then
        raise exception using
            errcode = 'QD048',
            message = format('there is no position %s', v_position_id),
            hint = 'Leave position_id out where the position is gone.';
    end if;

    if v_allocates then
        select s.p_state, s.p_step into p_state, v_step
        from learning.step_allocation(
            p_state, v_trade_id, v_trade ->> 'timeframe', (v_trade ->> 'roi')::numeric,
            v_closed_at
        ) as s;
    else
        v_step := jsonb_build_object(
            'trade_id', v_trade_id, 'timeframe', v_trade -> 'timeframe', 'roi', v_trade -> 'roi',
            'closed_at', v_closed_at, 'reason', 'this trade moves no capital'
        );
    end if;
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
    p_answer := v_step - '{roi_short,n}'::text[] || v_written;
end
$$;
comment on function learning.tell_closed_trade(jsonb, jsonb) is
    'Tells a closed trade within a batch, once; answers the allocation''s state after it, and the step.';

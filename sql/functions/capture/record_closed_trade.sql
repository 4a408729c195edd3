-- Records a closed trade, once per trade_id: strand, trade events, ROI averages, a step of the
-- allocation, positions, log, in the caller's transaction. Keys: trade_id, roi (a fraction after
-- fees), closed_at, and timeframe (15m, 1h, 4h) unless the tick was told the trade's orders; what
-- the others are stands in docs/recording.md. Answers the row of allocation_history with the counts
-- of trade_events and positions written; null for a trade told before. The averages over 14 days
-- decide. Raises QD001, QD004 to QD007, QD014, QD017, QD018, QD041, QD046, QD048.
create or replace function learning.record_closed_trade(p_trade jsonb)
returns jsonb
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set timezone = 'UTC'
as $$
declare
    v_trade jsonb := learning.require_closed_trade(p_trade);
    v_timeframe text := v_trade ->> 'timeframe';
    v_closed_at timestamptz := v_trade ->> 'closed_at';
    v_position_id bigint := nullif(v_trade ->> 'position_id', '');
    v_config jsonb := learning.lock_allocation();
    v_averages jsonb;
    v_rois jsonb;
    v_least_n integer;
    v_step learning.allocation_history;
    v_positions integer := 0;
    v_events integer;
    v_told jsonb;
begin
    if exists (
        select from learning.allocation_history as h where h.trade_id = v_trade ->> 'trade_id'
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

    v_averages := learning.update_roi_averages(
        v_config, v_timeframe, (v_trade ->> 'roi')::numeric, v_closed_at
    );
    v_config := v_config || jsonb_build_object(
        'timeframe_allocation', (
            select jsonb_object_agg(t.timeframe, case when t.timeframe = v_timeframe
                then jsonb_build_object('current_allocation', t.share)
                    || (v_averages -> t.timeframe)
                else coalesce(
                    v_config -> 'timeframe_allocation' -> t.timeframe,
                    jsonb_build_object(
                        'current_allocation', t.share, 'roi_short', null, 'roi_long', null, 'n', 0,
                        'updated_at', null
                    )
                ) end)
            from learning.timeframe_allocation(v_config) as t
        ),
        'global_roi', v_averages -> 'global'
    );
    select jsonb_object_agg(t.timeframe, t.share),
        jsonb_object_agg(t.timeframe, t.roi_short)
            filter (where t.n > 0 and t.roi_short is not null),
        min(t.n) filter (where t.n > 0 and t.roi_short is not null)
    into v_step.before, v_rois, v_least_n
    from learning.timeframe_allocation(v_config) as t;

    if v_rois - v_timeframe = '{}' then
        v_step.reason := 'only one timeframe has trades';
        v_step.after := v_step.before;
    else
        v_step.desired := learning.desired_shares(v_step.before, v_rois);
        v_step.change := learning.allocation_step(v_step.before, v_step.desired, v_least_n);
        v_step.reason := case
            when v_step.change @? '$.* ? (@ != 0)' is false then 'the shares are as desired'
            when v_least_n < 5 then format('steps of %s %%: a timeframe has %s of 5 trades',
                20 * v_least_n, v_least_n)
            else 'full steps'
        end;
        select jsonb_object_agg(b.key, case when coalesce(c.change, 0) = 0 then b.value
            else to_jsonb(trim_scale(b.value::numeric + c.change)) end)
        into v_step.after
        from jsonb_each(v_step.before) as b
        cross join lateral (select (v_step.change ->> b.key)::numeric) as c (change);
        v_config := jsonb_set(v_config, '{timeframe_allocation}', (
            select jsonb_object_agg(
                e.key, e.value || jsonb_build_object('current_allocation', v_step.after -> e.key)
            )
            from jsonb_each(v_config -> 'timeframe_allocation') as e
        ));
        if v_step.after <> v_step.before then
            v_positions := learning.redistribute_positions(v_step.after);
        end if;
    end if;

    update learning.learning_configs as c
    set config_data = v_config, updated_at = learning.clock(), updated_by = 'record_closed_trade'
    where c.module_id = 'decision_maker';

    insert into learning.allocation_history (
        trade_id, timeframe, roi, closed_at, before, desired, change, after, reason
    )
    values (
        v_trade ->> 'trade_id', v_timeframe, (v_trade ->> 'roi')::double precision, v_closed_at,
        v_step.before, v_step.desired, v_step.change, v_step.after, v_step.reason
    )
    returning * into v_step;

    insert into learning.ad_strands (
        kind, position_id, trade_id, content, happened_at, strand_key
    )
    values (
        'position_closed', v_position_id, v_step.trade_id,
        v_trade - '{trade_id,position_id,closed_at,opened_at}'::text[], v_closed_at,
        'position_closed:' || v_step.trade_id
    )
    on conflict on constraint a_strand_is_told_once do nothing;

    insert into learning.pattern_trade_events (
        trade_id, ordinal, pattern_key, action_category, scope, roi, did_trim, reached_s3,
        hold_hours, closed_at, position_id
    )
    select v_step.trade_id, a.ordinal, a.pattern_key, a.action, a.scope, v_step.roi,
        (v_trade ->> 'did_trim')::boolean, (v_trade ->> 'reached_s3')::boolean,
        (v_trade ->> 'hold_hours')::double precision, v_closed_at, v_position_id
    from rows from (
        jsonb_to_recordset(v_trade -> 'actions') as (action text, pattern_key text, scope jsonb)
    ) with ordinality as a (action, pattern_key, scope, ordinal)
    where not exists (
        select from learning.pattern_trade_events as e where e.trade_id = v_step.trade_id
    );
    get diagnostics v_events = row_count;

    v_told := to_jsonb(v_step) || jsonb_build_object(
        'trade_events', v_events, 'positions', v_positions
    );
    perform learning.log(
        'INFO',
        case when v_step.after = v_step.before then 'Allocation kept' else 'Allocation updated' end,
        v_told - '{id,stepped_at}'::text[] || (
            select jsonb_build_object(
                'roi_short', jsonb_object_agg(t.timeframe, t.roi_short),
                'n', jsonb_object_agg(t.timeframe, t.n)
            )
            from learning.timeframe_allocation(v_config) as t
        )
    );
    return v_told;
end
$$;
comment on function learning.record_closed_trade(jsonb) is
    'Records a closed trade once: strand, trade events, ROI averages, allocation step, positions, log. Answers the step, null for a repeat.';

-- One action of a closed trade as a row of pattern_trade_events, from an object of fields:
-- trade_id, pattern_key, action_category (entry, add, trim, exit), roi (a fraction), closed_at (or
-- timestamp), and where known ordinal (1), scope, did_trim, reached_s3, hold_hours. Nothing is
-- written. Raises QD001, QD004 to QD007, QD014, QD017, QD018, QD041, QD046 and QD047.
create or replace function learning.checked_trade(p_row jsonb)
returns learning.pattern_trade_events
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_row jsonb := learning.read_object(p_row, 'trade');
    v_trade learning.pattern_trade_events;
    v_ordinal double precision := coalesce(
        learning.read_number(v_row -> 'ordinal', 'ordinal'), 1
    );
begin
    v_trade.trade_id := learning.read_text(v_row -> 'trade_id', 'trade_id');
    v_trade.roi := learning.read_roi(v_row);
    v_trade.closed_at := coalesce(
        learning.read_time(v_row -> 'closed_at', 'closed_at'),
        learning.read_time(v_row -> 'timestamp', 'timestamp')
    );
    perform learning.require_fields(
        '{trade_id,pattern_key,action_category,roi,closed_at}',
        array[
            v_trade.trade_id, v_row ->> 'pattern_key', v_row ->> 'action_category',
            v_trade.roi::text, v_trade.closed_at::text
        ],
        'An action of a closed trade has trade_id, pattern_key, action_category, roi and closed_at '
            || '(or timestamp).'
    );
    v_trade.pattern_key := learning.canonical_pattern_key(v_row ->> 'pattern_key');
    v_trade.action_category := v_row ->> 'action_category';
    if v_trade.action_category not in ('entry', 'add', 'trim', 'exit') then
        raise exception using
            errcode = 'QD047',
            message = format('unknown action %L', left(v_trade.action_category, 100)),
            hint = 'Actions are entry, add, trim and exit.', column = 'action_category';
    end if;
    v_trade.scope := learning.read_scope(v_row -> 'scope', v_trade.pattern_key);
    v_trade.did_trim := learning.read_flag(v_row -> 'did_trim', 'did_trim');
    v_trade.reached_s3 := learning.read_flag(v_row -> 'reached_s3', 'reached_s3');
    v_trade.hold_hours := learning.read_number(v_row -> 'hold_hours', 'hold_hours');
    if v_trade.hold_hours < 0 then
        raise exception using
            errcode = 'QD046', message = 'hold_hours is below 0', column = 'hold_hours';
    end if;
    if v_ordinal not between 1 and 1000000 or v_ordinal <> trunc(v_ordinal) then
        raise exception using
            errcode = 'QD046',
            message = format('ordinal is out of range: %s', v_ordinal),
            hint = 'The actions of a trade are counted 1, 2, ...',
            column = 'ordinal';
    end if;
    v_trade.ordinal := v_ordinal;
    return v_trade;
end
$$;
comment on function learning.checked_trade(jsonb) is
    'An action of a closed trade as a row of pattern_trade_events, checked; coded errors.';

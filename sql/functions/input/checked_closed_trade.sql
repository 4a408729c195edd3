-- A closed trade as learning.record_closed_trade takes it, checked and in one shape: pattern keys
-- in canonical spelling, times in UTC, opened_ms, closed_ms and hold_hours worked out, actions as
-- objects of action, pattern_key and scope (without actions: an entry, a trim if there was one, an
-- exit; without any pattern_key: none). What is not given is filled with what the tick knows of the
-- trade (learning.followed_trade); how it ended is for learning.trade_endings to say. "allocate":
-- false is in the answer where it moves no capital. Long, for every field is read by name. Raises
-- the first problem: QD001, QD004 to QD007, QD014, QD017, QD018, QD041, QD046.
create or replace function learning.checked_closed_trade(p_trade jsonb)
returns jsonb
language plpgsql stable parallel safe
set search_path = pg_catalog, pg_temp
set timezone = 'UTC'
as $$
declare
    v_trade_id text := learning.in_run(
        learning.read_text(learning.read_object(p_trade, 'closed_trade') -> 'run', 'run'),
        learning.read_text(p_trade -> 'trade_id', 'trade_id')
    );
    v_given jsonb := (
        select coalesce(jsonb_object_agg(g.key, g.value), '{}')
        from jsonb_each(p_trade) as g
        where g.value not in ('null', '""')
    );
    v_trade jsonb := coalesce(learning.followed_trade(v_trade_id), '{}') || v_given;
    v_odd text;
    v_roi double precision;
    v_closed_at timestamptz;
    v_opened_at timestamptz;
    v_pattern_key text;
    v_allocates boolean;
    v_scope jsonb;
begin
    perform learning.require_fields(
        '{trade_id,timeframe,roi,closed_at}',
        array[
            v_trade ->> 'trade_id', v_trade ->> 'timeframe', v_trade ->> 'roi',
            v_trade ->> 'closed_at'
        ],
        'A closed trade has trade_id, roi, closed_at and, unless the tick was told its orders under '
            || 'that trade_id, timeframe.'
    );
    if v_trade ? 'pattern_key' then
        v_pattern_key := learning.canonical_pattern_key(v_trade ->> 'pattern_key');
    end if;
    v_allocates := learning.read_text(v_trade -> 'timeframe', 'timeframe') in ('15m', '1h', '4h');
    if not v_allocates and coalesce(
        v_pattern_key like any (array['pm.uptrend.%', 'dm.%']), true
    ) then
        raise exception using
            errcode = 'QD007',
            message = format('unknown timeframe %L', left(v_trade ->> 'timeframe', 100)),
            hint = 'Capital is allocated to 15m, 1h and 4h; a trade of another timeframe needs the '
                || 'pattern_key of a pattern of your own.',
            column = 'timeframe';
    end if;
    v_allocates := v_allocates
        and (not v_trade ? 'allocate' or learning.read_flag(v_trade -> 'allocate', 'allocate'));
    v_roi := learning.read_roi(v_trade);
    v_closed_at := learning.read_time(v_trade -> 'closed_at', 'closed_at');
    v_opened_at := learning.read_time(v_trade -> 'opened_at', 'opened_at');
    perform learning.read_text(v_trade -> 'symbol', 'symbol'),
        learning.read_flag(v_trade -> 'did_trim', 'did_trim'),
        learning.read_flag(v_trade -> 'reached_s3', 'reached_s3'),
        learning.read_number(v_trade -> 'hold_hours', 'hold_hours'),
        learning.read_number(v_trade -> 'cost', 'cost'),
        learning.read_number(v_trade -> 'pnl', 'pnl');
    v_odd := case
        when v_opened_at > v_closed_at then 'opened_at is after closed_at'
        when coalesce(v_trade ->> 'position_id', '0') !~ '^\d{1,18}$'
            then 'position_id is no whole number'
        when (v_trade ->> 'hold_hours')::double precision < 0 then 'hold_hours is below 0'
        when jsonb_typeof(v_trade -> 'context') <> 'object' then 'context is not an object'
        when jsonb_typeof(v_trade -> 'actions') <> 'array' then 'actions is not an array'
    end;
    if v_odd is not null then
        raise exception using
            errcode = 'QD014', message = v_odd, column = split_part(v_odd, ' ', 1);
    end if;
    v_scope := learning.read_scope(v_trade -> 'scope', coalesce(v_pattern_key, ''));
    return v_trade - '{roi_is_checked,allocate}'::text[] || case when v_allocates then '{}'::jsonb
        else '{"allocate": false}' end || jsonb_build_object(
        'trade_id', v_trade_id,
        'roi', v_roi,
        'closed_at', v_closed_at,
        'closed_ms', (extract(epoch from v_closed_at) * 1000)::bigint,
        'opened_at', v_opened_at,
        'opened_ms', (extract(epoch from v_opened_at) * 1000)::bigint,
        'hold_hours', coalesce(
            round(extract(epoch from v_closed_at - v_opened_at) / 3600, 6)::double precision,
            (v_trade ->> 'hold_hours')::double precision
        ),
        'pattern_key', v_pattern_key,
        'scope', v_scope,
        'actions', learning.checked_actions(
            coalesce(
                v_trade -> 'actions',
                case when v_trade -> 'did_trim' = 'true' then '["entry", "trim", "exit"]'::jsonb
                    else '["entry", "exit"]' end
            ),
            v_pattern_key, v_scope
        )
    );
end
$$;
comment on function learning.checked_closed_trade(jsonb) is
    'Answers the closed trade in one shape, filled with what the tick knows of it; raises the first problem.';

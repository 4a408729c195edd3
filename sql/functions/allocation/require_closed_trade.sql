-- A closed trade as learning.record_closed_trade takes it, checked and in one shape: the keys given
-- (those it does not know stay), pattern keys in canonical spelling, times in UTC, opened_ms,
-- closed_ms and hold_hours worked out, actions as objects of action, pattern_key and scope
-- (without actions: an entry, a trim if there was one, an exit; without any pattern_key: none).
-- Raises QD001, QD004 to QD007, QD014, QD041, QD046.
create or replace function learning.require_closed_trade(p_trade jsonb)
returns jsonb
language plpgsql stable parallel safe
set search_path = pg_catalog, pg_temp
set timezone = 'UTC'
as $$
declare
    v_missing text;
    v_odd text;
    v_roi double precision;
    v_closed_at timestamptz;
    v_opened_at timestamptz;
    v_pattern_key text;
    v_scope jsonb;
    v_actions jsonb;
begin
    perform learning.import_object(p_trade);
    perform learning.import_text(p_trade -> 'trade_id', 'trade_id');
    v_missing := (
        select k.key
        from unnest(array['trade_id', 'timeframe', 'roi', 'closed_at'])
            with ordinality as k (key, n)
        where coalesce(p_trade ->> k.key, '') = ''
        order by k.n
        limit 1
    );
    if v_missing is not null then
        raise exception using
            errcode = 'QD006', message = format('%s is missing', v_missing);
    end if;
    if p_trade ->> 'timeframe' not in ('15m', '1h', '4h') then
        raise exception using
            errcode = 'QD007',
            message = format('unknown timeframe %L', p_trade ->> 'timeframe'),
            hint = 'Capital is allocated to 15m, 1h and 4h; there is no 1m.';
    end if;
    v_roi := learning.import_roi(p_trade ->> 'roi');
    v_closed_at := learning.import_time(p_trade ->> 'closed_at', 'closed_at');
    v_opened_at := learning.import_time(p_trade ->> 'opened_at', 'opened_at');
    v_odd := case
        when not isfinite(v_closed_at) then 'closed_at is infinite'
        when v_opened_at > v_closed_at then 'opened_at is after closed_at'
        when not isfinite(v_opened_at) then 'opened_at is infinite'
        when coalesce(nullif(p_trade ->> 'position_id', ''), '0') !~ '^\d{1,18}$'
            then 'position_id is no whole number'
        when jsonb_typeof(p_trade -> 'did_trim') not in ('boolean', 'null')
            then 'did_trim is neither true nor false'
        when jsonb_typeof(p_trade -> 'reached_s3') not in ('boolean', 'null')
            then 'reached_s3 is neither true nor false'
        when jsonb_typeof(p_trade -> 'actions') not in ('array', 'null')
            then 'actions is not an array'
    end;
    if v_odd is not null then
        raise exception using errcode = 'QD014', message = v_odd;
    end if;
    if p_trade ->> 'pattern_key' <> '' then
        v_pattern_key := learning.canonical_pattern_key(p_trade ->> 'pattern_key');
    end if;
    v_scope := learning.import_scope(p_trade -> 'scope', coalesce(v_pattern_key, ''));
    v_actions := coalesce(
        nullif(p_trade -> 'actions', 'null'),
        case when p_trade -> 'did_trim' = 'true' then '["entry", "trim", "exit"]'::jsonb
            else '["entry", "exit"]' end
    );
    if exists (
        select from jsonb_array_elements(v_actions) as a (item)
        where coalesce(
            case when jsonb_typeof(a.item) = 'string' then a.item #>> '{}'
                else a.item ->> 'action' end,
            ''
        ) not in ('entry', 'add', 'trim', 'exit')
    ) then
        raise exception using
            errcode = 'QD014',
            message = 'an action is none of ours',
            hint = 'Actions are entry, add, trim, exit, or objects of action, pattern_key, scope.';
    end if;
    v_actions := (
        select coalesce(
            jsonb_agg(jsonb_build_object(
                'action', i.action, 'pattern_key', i.pattern_key,
                'scope', learning.import_scope(
                    coalesce(nullif(i.scope, 'null'), v_scope), i.pattern_key
                )
            ) order by i.n),
            '[]'
        )
        from (
            select a.n, coalesce(a.item ->> 'action', a.item #>> '{}') as action,
                a.item -> 'scope' as scope,
                case when a.item ->> 'pattern_key' <> ''
                    then learning.canonical_pattern_key(a.item ->> 'pattern_key')
                    else v_pattern_key end as pattern_key
            from jsonb_array_elements(v_actions) with ordinality as a (item, n)
        ) as i
        where i.pattern_key is not null
    );
    return p_trade || jsonb_build_object(
        'roi', v_roi,
        'closed_at', v_closed_at,
        'closed_ms', (extract(epoch from v_closed_at) * 1000)::bigint,
        'opened_at', v_opened_at,
        'opened_ms', (extract(epoch from v_opened_at) * 1000)::bigint,
        'hold_hours', coalesce(
            round(extract(epoch from v_closed_at - v_opened_at) / 3600, 6)::double precision,
            learning.import_finite(p_trade ->> 'hold_hours', 'hold_hours')
        ),
        'pattern_key', v_pattern_key,
        'scope', v_scope,
        'actions', v_actions,
        'did_trim', coalesce(nullif(p_trade -> 'did_trim', 'null'), 'false'),
        'reached_s3', coalesce(nullif(p_trade -> 'reached_s3', 'null'), 'false')
    );
end
$$;
comment on function learning.require_closed_trade(jsonb) is
    'Answers the closed trade in one shape; raises QD001, QD004 to QD007 or QD014 where it is none.';

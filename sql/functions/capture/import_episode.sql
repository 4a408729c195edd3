-- Imports one episode of another system, strictly. Fields: pattern_key, decision (acted, skipped,
-- add), timestamp (when it was decided), window_id or episode_id; outcome, scope, factors, roi (a
-- fraction) and the other columns of pattern_episode_events where known. A window already there is
-- left alone, unless this row brings the outcome it lacks. Answers new, completed or already there.
-- Raises QD001 to QD007 and QD014.
create or replace function learning.import_episode(p_row jsonb)
returns text
language plpgsql volatile
set search_path = ''
as $$
declare
    v_missing text;
    v_decision text;
    v_outcome text;
    v_window_id text;
    v_episode_id text;
    v_pattern_key text;
    v_scope jsonb;
    v_factors jsonb;
    v_decided_at timestamptz;
    v_is_new boolean;
begin
    if jsonb_typeof(p_row) is distinct from 'object' then
        raise exception using
            errcode = 'QD014', message = 'the row is not an object of fields';
    end if;
    v_window_id := coalesce(nullif(p_row ->> 'window_id', ''), nullif(p_row ->> 'episode_id', ''));
    v_episode_id := coalesce(nullif(p_row ->> 'episode_id', ''), v_window_id);
    v_missing := case
        when nullif(p_row ->> 'pattern_key', '') is null then 'pattern_key'
        when v_window_id is null then 'episode_id'
        when nullif(p_row ->> 'decision', '') is null then 'decision'
        when nullif(p_row ->> 'timestamp', '') is null then 'timestamp'
    end;
    if v_missing is not null then
        raise exception using
            errcode = 'QD006', message = format('%s is missing', v_missing);
    end if;
    v_pattern_key := learning.canonical_pattern_key(p_row ->> 'pattern_key');
    v_decision := case p_row ->> 'decision' when 'add' then 'acted' else p_row ->> 'decision' end;
    if v_decision not in ('acted', 'skipped') then
        raise exception using
            errcode = 'QD002',
            message = format('unknown decision %L', v_decision),
            hint = 'Decisions are acted (or add) and skipped.';
    end if;
    v_outcome := nullif(nullif(p_row ->> 'outcome', ''), 'pending');
    if v_outcome not in ('success', 'failure', 'neutral') then
        raise exception using
            errcode = 'QD003',
            message = format('unknown outcome %L', v_outcome),
            hint = 'Outcomes are success, failure and neutral; empty while pending.';
    end if;
    v_scope := learning.require_scope(coalesce(p_row -> 'scope', '{}'));
    if v_scope ->> 'timeframe' not in ('1m', '15m', '1h', '4h') then
        raise exception using
            errcode = 'QD007',
            message = format('unknown timeframe %L', v_scope ->> 'timeframe'),
            hint = 'Timeframes are 15m, 1h, 4h, and 1m in old data.';
    end if;
    v_factors := coalesce(p_row -> 'factors', '{}');
    if jsonb_typeof(v_factors) <> 'object' then
        raise exception using errcode = 'QD014', message = 'factors is not an object';
    end if;
    if v_factors @? '$.** ? (@ == "NaN" || @ == "Infinity" || @ == "-Infinity")' then
        raise exception using errcode = 'QD005', message = 'factors holds NaN or an infinity';
    end if;
    v_decided_at := learning.import_time(p_row, 'timestamp');

    insert into learning.pattern_episode_events as e (
        window_id, episode_id, attempt_id, episode_type, pattern_key, scope, decision, outcome,
        outcome_reason, blocked_by, factors, opened_at, decided_at, closed_at, outcome_at, trade_id,
        entry_price, exit_price, roi, roi_at
    )
    values (
        v_window_id, v_episode_id,
        coalesce(nullif(p_row ->> 'attempt_id', ''), v_episode_id),
        case v_pattern_key
            when 'pm.uptrend.S1.entry' then 's1_entry'
            when 'pm.uptrend.S2.entry' then 's2_entry'
            when 'pm.uptrend.S3.retest' then 's3_retest'
            when 'pm.uptrend.S3.dx' then 's3_dx'
            else 'own'
        end,
        v_pattern_key, v_scope, v_decision, v_outcome, nullif(p_row ->> 'outcome_reason', ''),
        case jsonb_typeof(p_row -> 'blocked_by')
            when 'array' then array(select jsonb_array_elements_text(p_row -> 'blocked_by'))
            else '{}'
        end,
        v_factors, coalesce(learning.import_time(p_row, 'opened_at'), v_decided_at), v_decided_at,
        learning.import_time(p_row, 'closed_at'), learning.import_time(p_row, 'outcome_at'),
        nullif(p_row ->> 'trade_id', ''), learning.import_finite(p_row, 'entry_price'),
        learning.import_finite(p_row, 'exit_price'), learning.import_finite(p_row, 'roi'),
        learning.import_time(p_row, 'roi_at')
    )
    on conflict (window_id) do update
    set outcome = excluded.outcome,
        outcome_reason = excluded.outcome_reason,
        outcome_at = excluded.outcome_at,
        closed_at = coalesce(e.closed_at, excluded.closed_at),
        exit_price = coalesce(e.exit_price, excluded.exit_price),
        roi = coalesce(e.roi, excluded.roi),
        roi_at = coalesce(e.roi_at, excluded.roi_at)
    where coalesce(e.outcome, 'neutral') = 'neutral'
        and excluded.outcome in ('success', 'failure')
    returning e.xmax = 0 into v_is_new;
    return case v_is_new when true then 'new' when false then 'completed' else 'already there' end;
end
$$;
comment on function learning.import_episode(jsonb) is
    'Imports one episode strictly: new, completed or already there; coded errors QD001 to QD007, QD014.';

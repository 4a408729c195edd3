-- One experiment as a row of pattern_episode_events, from an object of fields: pattern_key,
-- decision (acted, skipped, add), decided_at (or timestamp), window_id (or episode_id), and where
-- known outcome, scope, factors, roi (a fraction) and the other columns of the table. With a run
-- its ids begin with the run's label. Nothing is written. Long, for every field is read by name.
-- Raises QD001 to QD007, QD014, QD017 to QD019, QD041, QD046 and QD056.
create or replace function learning.checked_window(p_row jsonb)
returns learning.pattern_episode_events
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_row jsonb := learning.read_object(p_row, 'episode');
    v_window learning.pattern_episode_events;
begin
    v_window.window_id := coalesce(
        learning.read_text(v_row -> 'window_id', 'window_id'),
        learning.read_text(v_row -> 'episode_id', 'episode_id')
    );
    v_window.decided_at := coalesce(
        learning.read_time(v_row -> 'decided_at', 'decided_at'),
        learning.read_time(v_row -> 'timestamp', 'timestamp')
    );
    perform learning.require_fields(
        '{pattern_key,window_id,decision,decided_at}',
        array[
            v_row ->> 'pattern_key', v_window.window_id, v_row ->> 'decision',
            v_window.decided_at::text
        ],
        'An experiment has pattern_key, window_id (or episode_id), decision and decided_at (or '
            || 'timestamp).'
    );
    v_window.pattern_key := learning.canonical_pattern_key(v_row ->> 'pattern_key');
    v_window.decision := case v_row ->> 'decision' when 'add' then 'acted'
        else v_row ->> 'decision' end;
    if v_window.decision not in ('acted', 'skipped') then
        raise exception using
            errcode = 'QD002',
            message = format('unknown decision %L', left(v_window.decision, 100)),
            hint = 'Decisions are acted (or add) and skipped.',
            column = 'decision';
    end if;
    v_window.outcome := nullif(nullif(v_row ->> 'outcome', ''), 'pending');
    if v_window.outcome not in ('success', 'failure', 'neutral') then
        raise exception using
            errcode = 'QD003',
            message = format('unknown outcome %L', left(v_window.outcome, 100)),
            hint = 'Outcomes are success, failure and neutral; empty while pending.',
            column = 'outcome';
    end if;
    v_window.scope := learning.read_scope(v_row -> 'scope', v_window.pattern_key);
    v_window.factors := learning.require_factors(v_row -> 'factors', v_window.pattern_key);
    v_window.episode_type := case
        when v_window.pattern_key like 'pm.uptrend.%'  -- pm.uptrend.S1.entry: s1_entry
            then lower(translate(substr(v_window.pattern_key, 12), '.', '_'))
        else coalesce(learning.read_text(v_row -> 'episode_type', 'episode_type'), 'own')
    end;
    if v_window.episode_type !~ '^[a-z][a-z0-9_]*$' then
        raise exception using
            errcode = 'QD014',
            message = format('episode_type is no word: %L', v_window.episode_type),
            hint = 'Lower case, digits and underscores: range_entry.',
            column = 'episode_type';
    end if;
    v_window.blocked_by := '{}';
    if coalesce(nullif(v_row -> 'blocked_by', 'null'), '""') <> '""' then
        if v_row -> 'blocked_by' @? 'strict $ ? (
                @.type() != "array" || exists (@[*] ? (@.type() != "string"))
            )'
        then
            raise exception using
                errcode = 'QD014', message = 'blocked_by is not an array of gate names',
                column = 'blocked_by';
        end if;
        v_window.blocked_by := array(select jsonb_array_elements_text(v_row -> 'blocked_by'));
    end if;
    v_window.episode_id := coalesce(
        learning.read_text(v_row -> 'episode_id', 'episode_id'), v_window.window_id
    );
    v_window.attempt_id := coalesce(
        learning.read_text(v_row -> 'attempt_id', 'attempt_id'), v_window.episode_id
    );
    v_window.outcome_reason := learning.read_text(v_row -> 'outcome_reason', 'outcome_reason');
    v_window.trade_id := learning.read_text(v_row -> 'trade_id', 'trade_id');
    v_window.opened_at := coalesce(
        learning.read_time(v_row -> 'opened_at', 'opened_at'), v_window.decided_at
    );
    v_window.closed_at := learning.read_time(v_row -> 'closed_at', 'closed_at');
    v_window.outcome_at := learning.read_time(v_row -> 'outcome_at', 'outcome_at');
    v_window.entry_price := learning.read_number(v_row -> 'entry_price', 'entry_price');
    v_window.exit_price := learning.read_number(v_row -> 'exit_price', 'exit_price');
    v_window.roi := learning.read_roi(v_row);
    v_window.roi_at := learning.read_time(v_row -> 'roi_at', 'roi_at');
    v_window.run := learning.read_text(v_row -> 'run', 'run');
    v_window.window_id := learning.in_run(v_window.run, v_window.window_id);
    v_window.episode_id := learning.in_run(v_window.run, v_window.episode_id);
    v_window.attempt_id := learning.in_run(v_window.run, v_window.attempt_id);
    v_window.trade_id := learning.in_run(v_window.run, v_window.trade_id);
    return v_window;
end
$$;
comment on function learning.checked_window(jsonb) is
    'An experiment as a row of pattern_episode_events, checked and in canonical words; coded errors.';

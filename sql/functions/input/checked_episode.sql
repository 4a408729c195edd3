-- One experiment as a row of pattern_episode_events, from an object of fields: pattern_key,
-- decision (acted, skipped, add), decided_at (or timestamp), window_id (or episode_id), and where
-- known outcome, scope, factors, roi (a fraction) and the other columns of the table. Nothing is
-- written. Raises QD001 to QD007, QD014, QD017 to QD019, QD041, QD046 and QD056.
create or replace function learning.checked_episode(p_row jsonb)
returns learning.pattern_episode_events
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_row jsonb := learning.import_object(p_row, 'episode');
    v_episode learning.pattern_episode_events;
begin
    v_episode.window_id := coalesce(
        learning.import_text(v_row -> 'window_id', 'window_id'),
        learning.import_text(v_row -> 'episode_id', 'episode_id')
    );
    v_episode.decided_at := coalesce(
        learning.import_time(v_row -> 'decided_at', 'decided_at'),
        learning.import_time(v_row -> 'timestamp', 'timestamp')
    );
    perform learning.require_fields(
        '{pattern_key,window_id,decision,decided_at}',
        array[
            v_row ->> 'pattern_key', v_episode.window_id, v_row ->> 'decision',
            v_episode.decided_at::text
        ],
        'An experiment has pattern_key, window_id (or episode_id), decision and decided_at (or '
            || 'timestamp).'
    );
    v_episode.pattern_key := learning.canonical_pattern_key(v_row ->> 'pattern_key');
    v_episode.decision := case v_row ->> 'decision' when 'add' then 'acted'
        else v_row ->> 'decision' end;
    if v_episode.decision not in ('acted', 'skipped') then
        raise exception using
            errcode = 'QD002',
            message = format('unknown decision %L', left(v_episode.decision, 100)),
            hint = 'Decisions are acted (or add) and skipped.',
            column = 'decision';
    end if;
    v_episode.outcome := nullif(nullif(v_row ->> 'outcome', ''), 'pending');
    if v_episode.outcome not in ('success', 'failure', 'neutral') then
        raise exception using
            errcode = 'QD003',
            message = format('unknown outcome %L', left(v_episode.outcome, 100)),
            hint = 'Outcomes are success, failure and neutral; empty while pending.',
            column = 'outcome';
    end if;
    v_episode.scope := learning.import_scope(v_row -> 'scope', v_episode.pattern_key);
    v_episode.factors := learning.require_factors(v_row -> 'factors', v_episode.pattern_key);
    v_episode.episode_type := case
        when v_episode.pattern_key like 'pm.uptrend.%'  -- pm.uptrend.S1.entry: s1_entry
            then lower(translate(substr(v_episode.pattern_key, 12), '.', '_'))
        else coalesce(learning.import_text(v_row -> 'episode_type', 'episode_type'), 'own')
    end;
    if v_episode.episode_type !~ '^[a-z][a-z0-9_]*$' then
        raise exception using
            errcode = 'QD014',
            message = format('episode_type is no word: %L', v_episode.episode_type),
            hint = 'Lower case, digits and underscores: range_entry.',
            column = 'episode_type';
    end if;
    v_episode.blocked_by := '{}';
    if coalesce(nullif(v_row -> 'blocked_by', 'null'), '""') <> '""' then
        if v_row -> 'blocked_by' @? 'strict $ ? (
                @.type() != "array" || exists (@[*] ? (@.type() != "string"))
            )'
        then
            raise exception using
                errcode = 'QD014', message = 'blocked_by is not an array of gate names',
                column = 'blocked_by';
        end if;
        v_episode.blocked_by := array(select jsonb_array_elements_text(v_row -> 'blocked_by'));
    end if;
    v_episode.episode_id := coalesce(
        learning.import_text(v_row -> 'episode_id', 'episode_id'), v_episode.window_id
    );
    v_episode.attempt_id := coalesce(
        learning.import_text(v_row -> 'attempt_id', 'attempt_id'), v_episode.episode_id
    );
    v_episode.outcome_reason := learning.import_text(v_row -> 'outcome_reason', 'outcome_reason');
    v_episode.trade_id := learning.import_text(v_row -> 'trade_id', 'trade_id');
    v_episode.opened_at := coalesce(
        learning.import_time(v_row -> 'opened_at', 'opened_at'), v_episode.decided_at
    );
    v_episode.closed_at := learning.import_time(v_row -> 'closed_at', 'closed_at');
    v_episode.outcome_at := learning.import_time(v_row -> 'outcome_at', 'outcome_at');
    v_episode.entry_price := learning.import_finite(v_row -> 'entry_price', 'entry_price');
    v_episode.exit_price := learning.import_finite(v_row -> 'exit_price', 'exit_price');
    v_episode.roi := learning.import_roi(v_row);
    v_episode.roi_at := learning.import_time(v_row -> 'roi_at', 'roi_at');
    return v_episode;
end
$$;
comment on function learning.checked_episode(jsonb) is
    'An experiment as a row of pattern_episode_events, checked and in canonical words; coded errors.';

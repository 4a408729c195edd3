-- Writes windows, each row what a tick adds to its window_id: a new one, a decision, factors, its
-- end, its trade. A decision stays, but a skip is corrected by a fill that was reported late.
-- Returns how many were written.
create or replace function learning.write_tick_windows(p_windows jsonb)
returns bigint
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_written bigint;
begin
    insert into learning.pattern_episode_events as e (
        window_id, episode_id, attempt_id, position_id, episode_type, pattern_key, scope,
        decision, blocked_by, factors, opened_at, decided_at, closed_at, trade_id
    )
    select w.window_id, w.episode_id, w.attempt_id, w.position_id, w.episode_type,
        w.pattern_key, w.scope, w.decision, coalesce(w.blocked_by, '{}'),
        coalesce(w.factors, '{}'), to_timestamp(w.opened_ms / 1000.0),
        to_timestamp(w.decided_ms / 1000.0), to_timestamp(w.closed_ms / 1000.0), w.trade_id
    from jsonb_to_recordset(p_windows) as w (
        window_id text, episode_id text, attempt_id text, position_id bigint,
        episode_type text, pattern_key text, scope jsonb, decision text,
        blocked_by text[], factors jsonb, opened_ms bigint, decided_ms bigint,
        closed_ms bigint, trade_id text
    )
    on conflict on constraint a_window_is_recorded_once do update
    set decision = coalesce(excluded.decision, e.decision),
        decided_at = coalesce(excluded.decided_at, e.decided_at),
        blocked_by = case when excluded.decision is null then e.blocked_by
            else excluded.blocked_by end,
        factors = e.factors || excluded.factors,
        closed_at = coalesce(e.closed_at, excluded.closed_at),
        trade_id = coalesce(e.trade_id, excluded.trade_id)
    -- A decision stays, but a skip is corrected by a fill that was reported late.
    where e.decision is null
        or e.decision is not distinct from excluded.decision
        or (e.decision, excluded.decision) = ('skipped', 'acted');
    get diagnostics v_written = row_count;
    return v_written;
end
$$;
comment on function learning.write_tick_windows(jsonb) is
    'Writes what a tick adds to windows; returns how many were written.';

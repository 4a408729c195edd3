-- Records a finished (or still pending) experiment of a bot that does its own tracking; fields as
-- in learning.checked_window. Again with the same window_id it adds what was missing (the outcome,
-- the virtual result) and overwrites nothing, but a skip that was bought. Returns the event's id,
-- its window, and what was written: new, completed, already there. Raises the first problem with
-- all in the detail: QD001 to QD007, QD014, QD017 to QD019, QD040, QD041, QD046 and QD056.
create or replace function pm.record_episode(p_episode jsonb)
returns table (id bigint, window_id text, written text)
language sql volatile security definer rows 1
set search_path = pg_catalog, pg_temp
as $$
    select r.id, learning.in_run(nullif(p_episode ->> 'run', ''), coalesce(
            nullif(p_episode ->> 'window_id', ''), p_episode ->> 'episode_id'
        )), r.written
    from learning.import_row('episode', p_episode) as r
$$;
comment on function pm.record_episode(jsonb) is
    'Records an experiment of your own tracking once per window_id, and later what was missing: '
    'pattern_key, window_id, decision, decided_at; also outcome, outcome_reason, outcome_at, scope, '
    'factors (samples), blocked_by, roi (a fraction), roi_at, roi_is_checked, entry_price and '
    'exit_price (quote units), opened_at, closed_at, episode_id, attempt_id, episode_type, trade_id, run (a label its ids begin with).';

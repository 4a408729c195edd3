-- Writes results of windows: outcomes, which stay once they are real, and virtual results (entry,
-- exit, ROI), of which only what is missing is filled. A row with marked_ms is the mark of a window
-- that waits for its virtual result; it goes when that comes. Returns how many windows got a
-- result.
create or replace function learning.write_tick_results(p_results jsonb)
returns bigint
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_written bigint;
begin
    update learning.pattern_episode_events as e
    set outcome = case when j.is_judged then e.outcome else coalesce(w.outcome, e.outcome) end,
        outcome_reason = case when j.is_judged then e.outcome_reason
            when w.outcome is not null then w.outcome_reason
            else e.outcome_reason end,
        outcome_at = case when j.is_judged then e.outcome_at
            else coalesce(to_timestamp(w.outcome_ms / 1000.0), e.outcome_at) end,
        entry_price = coalesce(e.entry_price, w.entry_price),
        exit_price = coalesce(e.exit_price, w.exit_price),
        roi = coalesce(e.roi, w.roi),
        roi_at = coalesce(e.roi_at, to_timestamp(w.roi_ms / 1000.0))
    from jsonb_to_recordset(p_results) as w (
        window_id text, outcome text, outcome_reason text, outcome_ms bigint,
        entry_price double precision, exit_price double precision, roi double precision,
        roi_ms bigint, marked_ms bigint
    )
    join learning.pattern_episode_events as known on known.window_id = w.window_id
    cross join lateral (
        select coalesce(known.outcome in ('success', 'failure'), false) as is_judged
    ) as j
    where e.id = known.id and w.marked_ms is null;
    get diagnostics v_written = row_count;

    perform learning.write_window_marks(p_results);
    delete from learning.window_marks as m
    using jsonb_to_recordset(p_results) as w (
        window_id text, roi double precision, marked_ms bigint
    )
    where m.window_id = w.window_id and w.roi is not null and w.marked_ms is null;
    return v_written;
end
$$;
comment on function learning.write_tick_results(jsonb) is
    'Writes outcomes and virtual results of windows; returns how many were written.';

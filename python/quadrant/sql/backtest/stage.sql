create temporary table staged_windows (
    window_id text, episode_id text, attempt_id text, episode_type text, pattern_key text,
    scope jsonb, decision text, blocked_by text[], factors jsonb, opened_at timestamptz,
    decided_at timestamptz, closed_at timestamptz, outcome text, outcome_at timestamptz,
    entry_price double precision, exit_price double precision, roi double precision,
    roi_at timestamptz
);
create temporary table staged_marks (
    window_id text, marked_at timestamptz, entry_price double precision,
    exit_price double precision, roi double precision
)

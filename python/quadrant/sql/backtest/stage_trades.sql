create temporary table staged_trades (
    trade_id text, pattern_key text, timeframe text, scope jsonb, roi double precision,
    reached_s3 boolean, opened_at timestamptz, closed_at timestamptz
)

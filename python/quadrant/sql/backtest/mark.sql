select learning.write_window_marks(jsonb_agg(jsonb_build_object(
    'window_id', s.window_id, 'marked_ms', (extract(epoch from s.marked_at) * 1000)::bigint,
    'entry_price', s.entry_price, 'exit_price', s.exit_price, 'roi', s.roi
)))
from pg_temp.staged_marks as s
where s.marked_at > %(since)s and s.marked_at <= %(until)s

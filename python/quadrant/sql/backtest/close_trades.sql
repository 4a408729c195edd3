select cardinality(learning.write_trade_events(array(
    select e
    from pg_temp.staged_trades as s
    cross join lateral learning.trade_events(jsonb_build_object(
        'trade_id', s.trade_id, 'scope', s.scope, 'roi', s.roi, 'closed_at', s.closed_at,
        'reached_s3', s.reached_s3,
        'hold_hours', extract(epoch from s.closed_at - s.opened_at) / 3600,
        'actions', jsonb_build_array(
            jsonb_build_object('action', 'entry', 'pattern_key', s.pattern_key),
            jsonb_build_object('action', 'exit', 'pattern_key', %(family)s::text)
        )
    )) as e
    where s.closed_at > %(since)s and s.closed_at <= %(until)s
    order by s.closed_at, s.trade_id
)))

-- Mines the trades of a pattern as of p_as_of, whole: its lessons (write_strength_lessons), its
-- place in the outbox, and when time alone would change them. Returns the counts.
create or replace function learning.mine_trades(
    p_pattern_key text, p_as_of timestamptz, p_run_id bigint
)
returns jsonb
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_lookback interval := make_interval(
        days => learning.setting(p_pattern_key, 'lookback_days')::integer
    );
begin
    delete from learning.trades_dirty as d where d.pattern_key = p_pattern_key;
    insert into learning.mined_trades as m (pattern_key, as_of, due_at, configuration)
    select p_pattern_key, p_as_of,
        least(
            (
                select min(e.closed_at) + v_lookback
                from learning.pattern_trade_events as e
                where e.pattern_key = p_pattern_key and e.closed_at > p_as_of - v_lookback
            ),
            (
                select min(e.closed_at)
                from learning.pattern_trade_events as e
                where e.pattern_key = p_pattern_key and e.closed_at > p_as_of
            )
        ), learning.mining_configuration(p_pattern_key)
    on conflict (pattern_key) do update
    set as_of = excluded.as_of, due_at = excluded.due_at, configuration = excluded.configuration;
    return learning.write_strength_lessons(p_pattern_key, p_as_of, p_run_id);
end
$$;
comment on function learning.mine_trades(text, timestamptz, bigint) is
    'Mines the trades of a pattern into lessons of strength or allocation; returns counts.';

-- The one place that writes pattern_trade_events: actions of closed trades, once per trade_id and
-- ordinal, whether a bot told them (record_closed_trade), its strands did (aggregate_trade) or an
-- import (store_trades). What is there stays. Returns the ids of those it wrote.
create or replace function learning.write_trade_events(p_events learning.pattern_trade_events[])
returns bigint[]
language sql volatile
as $$
    with written as (
        insert into learning.pattern_trade_events as t (
            trade_id, ordinal, pattern_key, action_category, scope, roi, did_trim, reached_s3,
            hold_hours, closed_at, position_id
        )
        select e.trade_id, e.ordinal, e.pattern_key, e.action_category, e.scope, e.roi, e.did_trim,
            e.reached_s3, e.hold_hours, e.closed_at, e.position_id
        from unnest(p_events) with ordinality as e
        order by e.trade_id, e.ordinal, e.ordinality  -- one order of locks for everybody
        on conflict on constraint one_row_per_action_of_a_trade do nothing
        returning t.id
    )
    select coalesce(array_agg(w.id), '{}') from written as w
$$;
comment on function learning.write_trade_events(learning.pattern_trade_events[]) is
    'Writes actions of closed trades that are not there yet; returns their ids.';

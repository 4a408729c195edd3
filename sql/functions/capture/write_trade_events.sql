-- The one place that writes pattern_trade_events: actions of closed trades, once per trade_id and
-- ordinal, whether a bot told them (record_closed_trade), its strands did (aggregate_trade) or an
-- import (store_trades). What is there stays, but for did_trim and reached_s3, which are those of
-- learning.trade_endings for all actions of the trade, what is told only where it knows none; what
-- contradicts it is logged. One plan: to make one takes longer than a trade. Returns the ids of
-- those it wrote.
create or replace function learning.write_trade_events(p_events learning.pattern_trade_events[])
returns bigint[]
language plpgsql volatile
set search_path = pg_catalog, pg_temp set plan_cache_mode = force_generic_plan
as $$
declare
    v_ids bigint[];
begin
    with endings as materialized (
        select d.* from learning.trade_endings(p_events) as d
    ),
    written as (
        insert into learning.pattern_trade_events as t (
            trade_id, ordinal, pattern_key, action_category, scope, roi, did_trim, reached_s3,
            hold_hours, closed_at, position_id
        )
        select e.trade_id, e.ordinal, e.pattern_key, e.action_category, e.scope, e.roi,
            coalesce(d.did_trim, e.did_trim, false), coalesce(d.reached_s3, e.reached_s3, false),
            e.hold_hours, e.closed_at, e.position_id
        from unnest(p_events) with ordinality as e
        join endings as d on d.trade_id = e.trade_id
        order by e.trade_id, e.ordinal, e.ordinality  -- one order of locks for everybody
        on conflict on constraint one_row_per_action_of_a_trade do nothing
        returning t.id, t.trade_id
    ),
    corrected as (
        update learning.pattern_trade_events as t
        set did_trim = coalesce(d.did_trim, t.did_trim),
            reached_s3 = coalesce(d.reached_s3, t.reached_s3)
        from endings as d
        where t.trade_id = any (array(select e.trade_id from endings as e))
            and t.trade_id = d.trade_id
            and (t.did_trim <> d.did_trim or t.reached_s3 <> d.reached_s3)
    ),
    contradicted as (
        insert into learning.learning_log (level, event, data)
        select 'WARNING', 'Trade told otherwise', jsonb_strip_nulls(jsonb_build_object(
            'trade_id', t.trade_id,
            'did_trim', case when t.did_trim <> d.did_trim then
                jsonb_build_object('told', t.did_trim, 'derived', d.did_trim) end,
            'reached_s3', case when t.reached_s3 <> d.reached_s3 then
                jsonb_build_object('told', t.reached_s3, 'derived', d.reached_s3) end
        ))
        from (
            select e.trade_id, bool_or(e.did_trim) as did_trim, bool_or(e.reached_s3) as reached_s3
            from unnest(p_events) as e
            where e.trade_id in (select w.trade_id from written as w)
            group by e.trade_id
        ) as t
        join endings as d on d.trade_id = t.trade_id
        where t.did_trim <> d.did_trim or t.reached_s3 <> d.reached_s3
    )
    select coalesce(array_agg(w.id), '{}') into v_ids from written as w;
    return v_ids;
end
$$;
comment on function learning.write_trade_events(learning.pattern_trade_events[]) is
    'Writes actions of closed trades that are not there yet, with how the trade ended; returns their ids.';

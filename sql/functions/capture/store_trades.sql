-- Stores actions of closed trades (learning.checked_trade) by trade_id and ordinal. It steps no
-- allocation: old trades say nothing about today's. written: new, already there, or conflict where
-- that action is there with other content. place counts p_rows from 1.
create or replace function learning.store_trades(p_rows learning.pattern_trade_events[])
returns table (place integer, id bigint, written text)
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_new bigint[];
begin
    perform learning.enter_live();
    v_new := learning.write_trade_events(p_rows);
    return query
    select r.ordinality::integer, t.id, case
            when (r.pattern_key, r.action_category, r.scope, r.roi, r.closed_at)
                is distinct from (t.pattern_key, t.action_category, t.scope, t.roi, t.closed_at)
                then 'conflict'
            when t.id = any (v_new) and row_number() over (
                partition by t.id order by r.ordinality
            ) = 1 then 'new'
            else 'already there'
        end
    from unnest(p_rows) with ordinality as r
    join learning.pattern_trade_events as t
        on t.trade_id = r.trade_id and t.ordinal = r.ordinal;
end
$$;
comment on function learning.store_trades(learning.pattern_trade_events[]) is
    'Stores actions of closed trades once; per row its id and new, already there or conflict.';

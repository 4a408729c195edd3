begin;
select plan(5);

create temporary table enrolled as
select e.position_id, e.epoch, e.timeframe
from pm.enroll_positions('feed', '[
    {"token_contract": "t", "token_chain": "c", "symbol": "T", "timeframe": "15m", "total_allocation_pct": 3},
    {"token_contract": "t", "token_chain": "c", "symbol": "T", "timeframe": "1h", "total_allocation_pct": 3}
]') as e;
create function pg_temp.tick(p_told jsonb) returns integer language sql as $$
    select pm.apply_ticks('feed', e.epoch, '{}',
        jsonb_build_array(jsonb_build_object('position_id', e.position_id) || p_told),
        '[]', '[]', '[]', '[]', '[]')
    from enrolled as e where e.timeframe = '1h'
$$;
create function pg_temp.place() returns text language sql as $$
    select string_agg(p.ctid::text, ' ' order by p.position_id) from learning.lowcap_positions as p
$$;
do $$begin
    perform pg_temp.tick('{"scope": {"a": 1}, "state": "S1", "status": "active", "trade_id": "x"}');
end$$;
select results_eq(
    $$select scope, state, status, current_trade_id from learning.lowcap_positions
        where timeframe = '1h'$$,
    $$values ('{"a": 1}'::jsonb, 'S1', 'active', 'x')$$, 'what changed is written'
);
create temporary table before as select pg_temp.place() as place;
do $$begin
    perform pg_temp.tick('{"scope": {"a": 1}, "state": "S1", "status": "active", "trade_id": "x"}');
    perform pg_temp.tick('{}');
end$$;
select is(pg_temp.place(), (select place from before), 'what stays is not');
select is(learning.redistribute_positions('{"15m": 0.5, "1h": 0.5, "4h": 0}'), 0, 'nor are shares');
select is(pg_temp.place(), (select place from before), 'that stay');
do $$begin perform pg_temp.tick('{"status": "watchlist"}'); end$$;
select results_eq(
    $$select scope, state, status, current_trade_id from learning.lowcap_positions
        where timeframe = '1h'$$,
    $$values ('{"a": 1}'::jsonb, 'S1', 'watchlist', null)$$, 'a trade that ended is taken off'
);

select * from finish();
rollback;

-- What the tick knows of a trade whose orders it was told: position_id, symbol, timeframe, the
-- pattern_key and scope of the window its first buy landed in, opened_at (that buy), actions. Null
-- for a trade that it knows no buy of.
create or replace function learning.followed_trade(p_trade_id text)
returns jsonb
language sql stable parallel safe
set search_path = pg_catalog, pg_temp
set timezone = 'UTC'
as $$
    with orders as (
        select s.position_id, s.happened_at, s.content ->> 'action' as action,
            row_number() over (order by s.happened_at, s.id) as ordinal, w.pattern_key, w.scope
        from learning.ad_strands as s
        left join lateral (
            select e.pattern_key, e.scope
            from learning.pattern_episode_events as e
            where e.episode_id = s.episode_id and e.trade_id = s.trade_id
            order by e.decided_at, e.id
            limit 1
        ) as w on true
        where s.trade_id = p_trade_id and s.kind = 'pm_action'
    ),
    bought as (
        select o.* from orders as o where o.action in ('entry', 'add') order by o.ordinal limit 1
    ),
    told as (
        select jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
                'action', o.action, 'pattern_key', o.pattern_key, 'scope', o.scope
            )) order by o.ordinal)
                || case when bool_or(o.action = 'exit') then '[]'::jsonb else '["exit"]' end
                as actions
        from orders as o
    )
    select jsonb_strip_nulls(jsonb_build_object(
        'position_id', b.position_id, 'symbol', p.symbol, 'timeframe', p.timeframe,
        'pattern_key', b.pattern_key, 'scope', b.scope, 'opened_at', b.happened_at,
        'actions', t.actions
    ))
    from bought as b
    cross join told as t
    join learning.lowcap_positions as p on p.position_id = b.position_id
$$;
comment on function learning.followed_trade(text) is
    'What the tick knows of a trade from the orders it was told; null where it knows no buy of it.';

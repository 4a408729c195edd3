-- At most p_limit closed trades of which all is older than p_before, and which no position holds.
-- Two branches, for a trade may be known by its messages or by its events alone.
create or replace function learning.removable_trades(p_before timestamptz, p_limit integer)
returns setof text
language sql stable
as $$
    with held as materialized (
        select p.current_trade_id from learning.lowcap_positions as p
        where p.current_trade_id is not null
    ),
    told as (
        select s.trade_id
        from learning.ad_strands as s
        where s.happened_at < p_before
            and s.kind = 'position_closed'
            and s.trade_id is not null
            and s.trade_id not in (select h.current_trade_id from held as h)
            and not exists (
                select from learning.ad_strands as o
                where o.trade_id = s.trade_id and o.happened_at >= p_before
            )
            and not exists (
                select from learning.pattern_trade_events as e
                where e.trade_id = s.trade_id and e.closed_at >= p_before
            )
        order by s.happened_at
        limit p_limit
    ),
    imported as (
        select e.trade_id
        from learning.pattern_trade_events as e
        where e.closed_at < p_before
            and not exists (
                select from learning.ad_strands as s
                where s.trade_id = e.trade_id and s.kind = 'position_closed'
            )
            and e.trade_id not in (select h.current_trade_id from held as h)
            and not exists (
                select from learning.ad_strands as o
                where o.trade_id = e.trade_id and o.happened_at >= p_before
            )
            and not exists (
                select from learning.pattern_trade_events as o
                where o.trade_id = e.trade_id and o.closed_at >= p_before
            )
        order by e.closed_at
        limit p_limit
    )
    select t.trade_id from told as t
    union
    select i.trade_id from imported as i
$$;
comment on function learning.removable_trades(timestamptz, integer) is
    'Closed trades of which all is older than a moment.';

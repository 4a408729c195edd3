-- Which of these trades the tick was told a buy of: position_id and trade_id of each that is known.
create or replace function pm.known_trades(p_position_ids bigint[], p_trade_ids text[])
returns table (position_id bigint, trade_id text)
language sql stable parallel safe security definer
set search_path = pg_catalog, pg_temp
as $$
    select distinct s.position_id, s.trade_id
    from learning.ad_strands as s
    where s.trade_id = any (p_trade_ids)
        and s.position_id = any (p_position_ids)
        and s.kind = 'pm_action'
        and s.content ->> 'action' in ('entry', 'add')
$$;
comment on function pm.known_trades(bigint[], text[]) is
    'The trades among these that a buy was told of, each with its position.';

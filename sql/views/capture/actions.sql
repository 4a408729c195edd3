-- Every order of the portfolio manager.
create or replace view analyst.actions as
select s.happened_at as ordered_at, p.symbol, p.timeframe, p.book, s.trade_id, s.episode_id,
    s.content ->> 'action' as action, s.content ->> 'pattern_key' as pattern_key,
    case jsonb_typeof(s.content -> 'price')
        when 'number' then (s.content ->> 'price')::double precision end as price,
    case jsonb_typeof(s.content -> 'usd')
        when 'number' then (s.content ->> 'usd')::double precision end as cash,
    s.content
from learning.ad_strands as s
left join learning.lowcap_positions as p on p.position_id = s.position_id
where s.kind = 'pm_action';
comment on view analyst.actions is
    'One row per order of the portfolio manager, of all time; content is what it told.';
comment on column analyst.actions.ordered_at is 'When the bar behind it existed (UTC).';
comment on column analyst.actions.price is 'In quote currency; null where it was not told.';
comment on column analyst.actions.cash is 'What the order was worth, in quote currency; null where it was not told.';

-- Every change of a position's state, for the strip under a chart.
create or replace view analyst.states as
select s.happened_at as changed_at, p.symbol, p.timeframe, p.book,
    s.content ->> 'before' as before, s.content ->> 'after' as after
from learning.ad_strands as s
left join learning.lowcap_positions as p on p.position_id = s.position_id
where s.kind = 'uptrend_stage_transition';
comment on view analyst.states is
    'One row per change of a position''s state (S0 to S4), of all time.';
comment on column analyst.states.changed_at is 'When the bar behind it existed (UTC).';

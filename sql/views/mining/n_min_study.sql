create or replace view analyst.n_min_study as
select p.pattern_key, s.*
from (select distinct e.pattern_key from learning.pattern_episode_events as e) as p
cross join lateral learning.n_min_study(p.pattern_key) as s;
comment on view analyst.n_min_study is
    'Would 20 or 25 do? Per pattern and n_min: lessons, width of their intervals (a rate, 0..1), share of rates that stayed on the same side of their parent''s in the following 30 days; marginal_*: the lessons the next larger n_min would lose.';

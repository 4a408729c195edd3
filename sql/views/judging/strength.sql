-- Strength per pattern, by the plan's rule and by the overrides in force (strength_effect): what
-- choosing sizes was worth at equal exposure, beside what merely trading less was worth.
create or replace view analyst.strength as
select p.pattern_key, e.rule, e.slices, e.n_trades, e.mean_roi, e.size_change, e.at_equal_exposure,
    e.of_trading_less
from (select m.pattern_key from learning.mined_trades as m where m.pattern_key like 'pm.%') as p
cross join lateral learning.strength_effect(p.pattern_key) as e;
comment on view analyst.strength is
    'Per pattern and rule (plan: every lesson; in force): mean change of size, and the ROI that choosing sizes at equal exposure and trading less or more were worth on the lookback''s own trades (fractions).';

-- The closed trades of the lookback, per pattern and scope slice, however few (slices_of_trades).
create or replace view learning.trade_slices as
select p.pattern_key, s.scope_subset, s.depth, s.n, s.mean_roi, s.var_roi, s.global_mean_roi,
    s.hold_hours, s.p_trim, s.p_s3, s.dir_a, s.dir_e, s.confidence,
    s.half_life as decay_halflife_hours, s.edge_raw_roi
from (select distinct t.pattern_key from learning.pattern_trade_events as t) as p
cross join lateral learning.slices_of_trades(p.pattern_key, (select learning.clock()), 1) as s;
comment on view learning.trade_slices is
    'Trades per pattern and scope slice: directions, confidence, half-life (hours) and edge (a fraction).';

-- Rows that every trade and every bar update get room beside them, so that no index is written and
-- the old versions are cleared away in passing.
set role quadrant_owner;
alter table learning.lowcap_positions set (fillfactor = 70);
alter table learning.tick_states set (fillfactor = 70);
reset role;

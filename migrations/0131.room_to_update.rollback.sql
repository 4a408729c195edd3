alter table learning.tick_states reset (fillfactor);
alter table learning.lowcap_positions reset (fillfactor);

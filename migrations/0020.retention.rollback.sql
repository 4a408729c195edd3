set role quadrant_owner;
drop table learning.override_past;
drop table learning.override_changes;
drop index learning.pattern_episode_events_by_age;
drop index learning.ad_strands_by_age;
drop index learning.pattern_trade_events_by_age;
reset role;

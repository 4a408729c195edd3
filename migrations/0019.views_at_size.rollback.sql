set role quadrant_owner;
drop index learning.pattern_episode_events_counted;
reset role;

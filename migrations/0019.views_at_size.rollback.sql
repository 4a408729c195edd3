set role quadrant_owner;
drop index learning.pattern_episode_events_counted;
drop index learning.pattern_episode_events_changed;
create index pattern_episode_events_changed
    on learning.pattern_episode_events (pattern_key, decided_at) where changed is not null;
reset role;

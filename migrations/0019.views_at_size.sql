-- People's counts of windows (analyst.quadrants, patterns, summary, headline) are answered from
-- indexes: the rows themselves, with what each decision saw, are two gigabytes per million.
set role quadrant_owner;
create index pattern_episode_events_counted
    on learning.pattern_episode_events (pattern_key, episode_type, decision, outcome)
    include (decided_at, blocked_by, has_samples, roi);
drop index learning.pattern_episode_events_changed;
create index pattern_episode_events_changed
    on learning.pattern_episode_events (pattern_key, decided_at)
    include (changed, outcome, roi) where changed is not null;
reset role;

-- People's counts of windows (analyst.quadrants, patterns, summary) are answered from this index:
-- the rows themselves, with what each decision saw, are a gigabyte and a half per million.
set role quadrant_owner;
create index pattern_episode_events_counted
    on learning.pattern_episode_events (pattern_key, episode_type, decision, outcome)
    include (blocked_by, has_samples, roi);
reset role;

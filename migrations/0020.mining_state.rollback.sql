drop table learning.mined_patterns;
drop index learning.pattern_episode_events_decided;
alter table learning.pattern_episode_events drop column has_samples;

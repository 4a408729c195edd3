alter table learning.mining_contributions drop column samples_digest;
alter table learning.pattern_episode_events drop column samples_digest;

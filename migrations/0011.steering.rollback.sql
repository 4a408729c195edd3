set role quadrant_owner;

alter table learning.pattern_episode_events drop column overrides;

reset role;

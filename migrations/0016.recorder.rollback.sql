drop table learning.corrected_decisions;
alter table learning.pattern_episode_events drop column run;

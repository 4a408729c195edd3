drop table learning.episode_rejects;
drop table learning.schedule;
drop table learning.learning_log;
drop table learning.learning_runs;
drop table learning.learning_configs;

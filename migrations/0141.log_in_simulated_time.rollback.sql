drop trigger log_updated_episodes on learning.pattern_episode_events;
drop trigger log_inserted_episodes on learning.pattern_episode_events;
drop function learning.log_updated_episodes();
drop function learning.log_inserted_episodes();
drop function learning.log_episodes(bigint[], bigint[]);
alter table learning.learning_log drop column clock_at, drop column transaction_id;
drop function learning.log_time();

drop table learning.learning_configs_history;
drop table learning.learning_configs;
drop function learning.shares_are_whole(jsonb);

drop trigger mark_deleted_experiments on learning.pattern_episode_events;
drop trigger mark_updated_experiments on learning.pattern_episode_events;
drop trigger mark_inserted_experiments on learning.pattern_episode_events;
drop function learning.mark_deleted_experiments();
drop function learning.mark_updated_experiments();
drop function learning.mark_inserted_experiments();
drop table learning.learning_lessons;
drop table learning.slice_rates;
drop table learning.mining_dirty;

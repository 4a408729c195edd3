drop trigger notify_controls on learning.gates;
drop trigger notify_controls on learning.learning_configs;
drop function learning.notify_controls();
drop trigger close_archived_position on learning.lowcap_positions;
drop function learning.close_archived_position();
drop index learning.pattern_episode_events_by_episode;
drop table learning.feeds;

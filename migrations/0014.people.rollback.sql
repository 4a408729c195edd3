drop index learning.pattern_episode_events_newest;
drop index learning.pattern_episode_events_changed;
alter table learning.pattern_episode_events
    drop constraint changed_is_known,
    drop column changed,
    drop column base_admits;

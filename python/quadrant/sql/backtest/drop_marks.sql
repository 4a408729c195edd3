delete from learning.window_marks as m
using learning.pattern_episode_events as e
where e.window_id = m.window_id and e.roi is not null

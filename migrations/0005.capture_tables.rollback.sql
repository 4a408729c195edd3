drop table learning.pattern_trade_events;
drop table learning.ad_strands;
drop table learning.pattern_episode_events;
drop function learning.fill_episode_times();
drop table learning.tick_states;
drop table learning.feed_watermarks;
drop table learning.lowcap_positions;

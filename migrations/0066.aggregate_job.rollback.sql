drop index learning.pattern_episode_events_by_trade;
drop index learning.ad_strands_episode_summaries;
drop index learning.ad_strands_closed_trades;
delete from learning.schedule where job = 'quadrant.aggregate';

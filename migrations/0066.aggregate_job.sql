set role quadrant_owner;

insert into learning.schedule (job, cron, command)
values ('quadrant.aggregate', '*/5 * * * *', 'call learning.run_aggregator()');

-- The aggregator asks for closed trades without events, and for episode summaries.
create index ad_strands_closed_trades
    on learning.ad_strands (trade_id) where kind = 'position_closed';
create index ad_strands_episode_summaries
    on learning.ad_strands (happened_at) where kind = 'uptrend_episode_summary';
create index pattern_episode_events_by_trade
    on learning.pattern_episode_events (trade_id) where trade_id is not null;
reset role;

create index pattern_trade_events_by_trade on learning.pattern_trade_events (trade_id);
alter table learning.pattern_trade_events drop column ordinal;
alter table learning.episode_rejects drop column kind;

delete from learning.episode_rejects where kind = 'bar';
alter table learning.episode_rejects
    drop constraint kind_is_known,
    add constraint kind_is_known check (kind in ('episode', 'trade'));
comment on column learning.episode_rejects.kind is
    'What it was to become: an episode (pattern_episode_events) or an action of a trade (pattern_trade_events).';

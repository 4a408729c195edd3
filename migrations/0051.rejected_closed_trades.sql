set role quadrant_owner;

alter table learning.episode_rejects
    drop constraint kind_is_known,
    add constraint kind_is_known check (kind in ('episode', 'trade', 'bar', 'closed_trade'));
comment on column learning.episode_rejects.kind is
    'What it was to become: an episode (pattern_episode_events), an action of an old trade (pattern_trade_events), a ticked bar, or a trade that closed (record_closed_trade).';
reset role;

set role quadrant_owner;

alter table learning.episode_rejects
    drop constraint kind_is_known,
    add constraint kind_is_known check (kind in ('episode', 'trade', 'bar'));
comment on column learning.episode_rejects.kind is
    'What it was to become: an episode (pattern_episode_events), an action of a trade (pattern_trade_events), or a ticked bar.';
reset role;

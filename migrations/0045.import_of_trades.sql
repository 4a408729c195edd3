set role quadrant_owner;

alter table learning.episode_rejects
    add column kind text not null default 'episode',
    add constraint kind_is_known check (kind in ('episode', 'trade'));
comment on column learning.episode_rejects.kind is
    'What it was to become: an episode (pattern_episode_events) or an action of a trade (pattern_trade_events).';

alter table learning.pattern_trade_events add column ordinal integer not null default 1;
comment on column learning.pattern_trade_events.ordinal is
    'Which action of the trade it is: 1, 2, ... in the order they were made.';
update learning.pattern_trade_events as t
set ordinal = o.ordinal
from (
    select e.id, row_number() over (partition by e.trade_id order by e.id) as ordinal
    from learning.pattern_trade_events as e
) as o
where o.id = t.id and o.ordinal > 1;
alter table learning.pattern_trade_events
    add constraint one_row_per_action_of_a_trade unique (trade_id, ordinal),
    add constraint actions_are_counted_from_1 check (ordinal >= 1);
drop index learning.pattern_trade_events_by_trade;
reset role;

set role quadrant_owner;

create table learning.world (
    only_row boolean primary key default true,
    kind text not null,
    feed text,
    data text,
    chain text,
    first_used_at timestamptz not null default clock_timestamp(),
    constraint a_database_holds_one_world check (only_row),
    constraint kind_of_world_is_known check (kind in ('live', 'replay')),
    constraint only_a_replay_has_a_feed check ((kind = 'replay') = (feed is not null))
);
comment on table learning.world is 'At most one row, made by first use: whose market this database learns from.';
comment on column learning.world.kind is 'live: a bot, its records or imports; replay: recorded bars, with a clock of their own.';
comment on column learning.world.feed is 'The replay''s feed: named after its series and where they begin.';
comment on column learning.world.data is 'Where the replay''s bars were read from, for people.';
comment on column learning.world.first_used_at is 'The server''s own clock (UTC).';

-- Whose world a database of an earlier version is: anything that is no replay's makes it live.
insert into learning.world (kind)
select 'live'
where exists (select from learning.feeds as f where f.feed not like 'replay:%')
    or exists (select from learning.pattern_episode_events as e where e.position_id is null)
    or exists (select from learning.pattern_trade_events as t where t.position_id is null);
insert into learning.world (kind, feed)
select 'replay', min(f.feed)
from learning.feeds as f
where f.feed like 'replay:%'
having count(*) > 0
on conflict on constraint world_pkey do nothing;
reset role;

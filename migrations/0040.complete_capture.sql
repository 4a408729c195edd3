set role quadrant_owner;

create table learning.feeds (
    feed text primary key,
    epoch bigint not null default 1
);
comment on table learning.feeds is 'One row per feed: a feed is one ticker''s. Who takes it over begins a new epoch, and the ticker before can write no more.';
insert into learning.feeds (feed)
select t.feed from learning.tick_states as t where t.feed is not null
union
select m.feed from learning.feed_watermarks as m;

create index pattern_episode_events_by_episode on learning.pattern_episode_events (episode_id);

-- What a ticker of the former shape left open cannot be gone on with: its windows end as neutral,
-- its positions begin anew with their next bar.
update learning.pattern_episode_events as e
set outcome = 'neutral', outcome_reason = 'the ticker was renewed', outcome_at = learning.clock()
where e.outcome is null
    and e.position_id in (select t.position_id from learning.tick_states as t where t.state <> '{}');
update learning.lowcap_positions as p
set status = 'watchlist', current_trade_id = null
where p.status = 'active'
    and p.position_id in (select t.position_id from learning.tick_states as t where t.state <> '{}');
update learning.tick_states set state = '{}', version = version + 1 where state <> '{}';

-- Nobody will learn how an archived position's opportunities ended.
create function learning.close_archived_position() returns trigger
language plpgsql volatile
set search_path = ''
as $$
begin
    update learning.pattern_episode_events as e
    set outcome = 'neutral', outcome_reason = 'position archived', outcome_at = learning.clock()
    where e.position_id = new.position_id and e.outcome is null;
    return null;
end
$$;
comment on function learning.close_archived_position() is 'Trigger: pending windows of an archived position become neutral.';
create trigger close_archived_position
    after update of status on learning.lowcap_positions
    for each row when (new.status = 'archived' and old.status <> 'archived')
    execute function learning.close_archived_position();

-- Tickers keep the gates they read until they hear of a change.
create function learning.notify_controls() returns trigger
language plpgsql volatile
set search_path = ''
as $$
begin
    perform pg_catalog.pg_notify('pm_overrides', '');
    return null;
end
$$;
comment on function learning.notify_controls() is 'Trigger: tells tickers that gates in force may have changed.';
create trigger notify_controls
    after update of config_data on learning.learning_configs
    for each row when (
        new.module_id = 'pm'
        and new.config_data -> 'feature_flags' is distinct from old.config_data -> 'feature_flags'
    )
    execute function learning.notify_controls();
create trigger notify_controls
    after insert or update or delete on learning.gates
    for each statement execute function learning.notify_controls();
reset role;

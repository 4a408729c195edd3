-- What a database holds and by which clock and settings it is to be read: one row, always.
create or replace view analyst.summary as
select learning.clock() as clock, coalesce(w.replayed_to, learning.clock()) as until,
    w.kind as world, w.data, w.chain, e.since, e.windows, e.finished,
    e.pending, p.positions, p.symbols, p.timeframes,
    learning.setting_in(c.config_data, null, 'profile') #>> '{}' as profile,
    (learning.setting_in(c.config_data, null, 'lookback_days'))::integer as lookback_days,
    (learning.setting_in(c.config_data, null, 'evidence_days'))::integer as evidence_days,
    (learning.setting_in(c.config_data, null, 'n_min'))::integer as n_min,
    learning.switch_in(c.config_data -> 'feature_flags', 'shadow') as shadow
from (
    select
        (
            select min(n.decided_at)
            from learning.pattern_episode_events as n
            where n.decision is not null
        ) as since,
        (select count(*) from learning.pattern_episode_events as n) as windows,
        (
            select count(*)
            from learning.pattern_episode_events as n
            where n.outcome in ('success', 'failure')
        ) as finished,
        (
            select count(*) from learning.pattern_episode_events as n where n.outcome is null
        ) as pending
) as e
cross join (
    select count(*) as positions,
        coalesce(array_agg(distinct o.symbol order by o.symbol), '{}') as symbols,
        coalesce(array_agg(distinct o.timeframe order by o.timeframe), '{}') as timeframes
    from learning.lowcap_positions as o
) as p
left join analyst.world as w on true
left join learning.learning_configs as c on c.module_id = 'pm';
comment on view analyst.summary is
    'One row: whose market this is, since when, how much of it, and the clock and settings it is read by.';
comment on column analyst.summary.clock is 'Now, by the database''s clock (UTC).';
comment on column analyst.summary.until is 'Up to when it knows its market (UTC): the time a replay has reached, else the clock.';
comment on column analyst.summary.since is 'When the first window was decided (UTC).';
comment on column analyst.summary.lookback_days is 'Lessons are of windows decided within so many days.';
comment on column analyst.summary.evidence_days is 'Gates are judged on windows opened within so many days.';

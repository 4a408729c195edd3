-- Windows, closed trades and messages that nothing needs any more are removed
-- (retention_days.events); what they said of overrides stays, added up. And a lock that no VACUUM
-- takes.
set role quadrant_owner;

create table learning.override_past (
    override_id bigint not null,
    measure text not null,
    is_with boolean not null,
    n double precision not null,
    days bigint not null,
    value double precision not null,
    values2 double precision not null,
    cross_sum double precision not null,
    n2 double precision not null,
    constraint override_past_pkey primary key (override_id, measure, is_with),
    constraint measure_is_known check (measure in ('windows', 'trades'))
);
comment on table learning.override_past is
    'What removed windows and trades of an override''s slice came to, with it and without it: sums of their days (learning.override_sides).';
comment on column learning.override_past.is_with is 'Decided with the override, or without it.';
comment on column learning.override_past.n is 'Windows or trades.';
comment on column learning.override_past.days is 'UTC days; one that was removed in parts counts more than once.';
comment on column learning.override_past.value is 'Sum of their ROIs (0.05 = 5 %).';
comment on column learning.override_past.values2 is 'Sum over days of the day''s ROIs, squared.';
comment on column learning.override_past.cross_sum is
    'Sum over days of the day''s ROIs times its windows or trades.';
comment on column learning.override_past.n2 is
    'Sum over days of the day''s windows or trades, squared.';

create table learning.override_changes (
    only_row boolean primary key,
    constraint it_stays_empty check (only_row is null)
);
comment on table learning.override_changes is
    'Always empty: locked by who changes overrides, and by ticks that keep answers meanwhile (learning.hold_position_overrides).';

create index pattern_episode_events_by_age on learning.pattern_episode_events (opened_at);
create index ad_strands_by_age on learning.ad_strands (happened_at);
create index pattern_trade_events_by_age on learning.pattern_trade_events (closed_at);
reset role;

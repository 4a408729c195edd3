-- Strength overrides are found by their first condition; what a timeframe made per day; the paths
-- that the shares take with ROIs dealt out at random.
set role quadrant_owner;

create index pm_overrides_of_strength on learning.pm_overrides ((coalesce(items[1], '')))
    where status = 'active' and action_category = 'pm_strength';

create table learning.allocation_days (
    timeframe text not null,
    day date not null,
    trades integer not null,
    money double precision not null,
    constraint allocation_days_pkey primary key (day, timeframe)
);
comment on table learning.allocation_days is
    'What the trades of a timeframe made that closed on one day.';
comment on column learning.allocation_days.day is 'UTC.';
comment on column learning.allocation_days.money is
    'The sum of their ROIs: what a unit put into each of them made.';
insert into learning.allocation_days (timeframe, day, trades, money)
select h.timeframe, (h.closed_at at time zone 'utc')::date, count(*), sum(h.roi)
from learning.allocation_history as h
where h.timeframe is not null and h.closed_at is not null and h.roi is not null
group by 1, 2;

create table learning.allocation_shuffles (
    path smallint not null,
    timeframe text not null,
    share double precision not null,
    mean double precision,
    mass double precision not null,
    n integer not null,
    constraint allocation_shuffles_pkey primary key (path, timeframe)
) with (fillfactor = 70);
comment on table learning.allocation_shuffles is
    'Shares as they would be by now had the ROIs of the trades been dealt out at random, path by path.';
comment on column learning.allocation_shuffles.share is 'Of the capital, 0..1.';
comment on column learning.allocation_shuffles.mean is
    'Average of the ROIs dealt (14 days, a fraction); null without trades.';
comment on column learning.allocation_shuffles.mass is
    'Trades, each weighed by e^(-age / 14 days), as of the newest one.';
comment on column learning.allocation_shuffles.n is 'Trades of the timeframe.';
reset role;

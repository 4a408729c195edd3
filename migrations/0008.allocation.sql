-- Steps of the allocation, and how much is behind its averages; the shares are in 0003.
set role quadrant_owner;

create table learning.allocation_history (
    id bigint generated always as identity primary key,
    trade_id text not null,
    before jsonb not null,
    desired jsonb,
    change jsonb,
    after jsonb not null,
    reason text not null,
    stepped_at timestamptz not null default learning.clock(),
    timeframe text,
    roi double precision,
    closed_at timestamptz,
    constraint a_trade_steps_the_allocation_once unique (trade_id)
);
comment on table learning.allocation_history is 'One row per allocation step.';
comment on column learning.allocation_history.before is
    'Shares per timeframe before the step; they sum to 1.';
comment on column learning.allocation_history.desired is
    'Where the shares of the timeframes with trades should be; null: no step.';
comment on column learning.allocation_history.change is
    'What was added to each share; sums to 0; null: no step.';
comment on column learning.allocation_history.after is
    'Shares per timeframe after the step; they sum to 1.';
comment on column learning.allocation_history.reason is
    'Why there was no step, or how large it could be.';
comment on column learning.allocation_history.stepped_at is 'UTC, by learning.clock().';
comment on column learning.allocation_history.timeframe is 'Of the trade that made the step.';
comment on column learning.allocation_history.roi is
    'Of the trade that made the step, a fraction after fees.';
comment on column learning.allocation_history.closed_at is 'When that trade closed (UTC).';

create table learning.roi_masses (
    average text primary key,
    mass_short numeric not null,
    mass_long numeric not null,
    constraint average_is_of_a_timeframe_or_global check (average in ('15m', '1h', '4h', 'global')),
    constraint masses_are_positive check (
        mass_short > 0 and mass_short < 'infinity' and mass_long > 0 and mass_long < 'infinity'
    )
);
comment on table learning.roi_masses is
    'One row per ROI average of learning_configs (decision_maker): how much evidence is behind it.';
comment on column learning.roi_masses.mass_short is
    'Trades, each weighed by e^(-age / 14 days), as of the average''s newest trade.';
comment on column learning.roi_masses.mass_long is
    'Trades, each weighed by e^(-age / 90 days), as of the average''s newest trade.';
reset role;

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
    constraint a_trade_steps_the_allocation_once unique (trade_id)
);
comment on table learning.allocation_history is 'One row per allocation step.';
comment on column learning.allocation_history.before is 'Shares per timeframe before the step; they sum to 1.';
comment on column learning.allocation_history.stepped_at is 'UTC, by learning.clock().';
reset role;

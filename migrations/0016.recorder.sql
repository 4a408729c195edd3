-- Runs of a recorder that can be told apart and removed; decisions that were told wrongly.
set role quadrant_owner;

alter table learning.pattern_episode_events add column run text;
comment on column learning.pattern_episode_events.run is
    'The label it was recorded under, which its ids begin with; null: none.';
create index pattern_episode_events_by_run
    on learning.pattern_episode_events (run) where run is not null;

create table learning.corrected_decisions (
    id bigint generated always as identity primary key,
    window_id text not null
        references learning.pattern_episode_events (window_id) on delete cascade,
    decision text not null,
    decided_at timestamptz not null,
    blocked_by text[] not null,
    factors jsonb not null,
    corrected_at timestamptz not null default learning.clock()
);
create index corrected_decisions_by_window on learning.corrected_decisions (window_id);
comment on table learning.corrected_decisions is
    'One row per decision that was told wrongly: what stood before it was corrected.';
comment on column learning.corrected_decisions.decided_at is
    'When the bar of the wrong decision existed (UTC).';
comment on column learning.corrected_decisions.corrected_at is 'UTC, by learning.clock().';
reset role;

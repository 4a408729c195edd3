set role quadrant_owner;

alter table learning.pattern_episode_events
    add column has_samples boolean not null generated always as (
        case when jsonb_typeof(factors -> 'samples') = 'array'
            then jsonb_array_length(factors -> 'samples') > 0 else false end
    ) stored;
comment on column learning.pattern_episode_events.has_samples is
    'Whether factors carry samples: the miner counts them without reading factors.';

create index pattern_episode_events_decided
    on learning.pattern_episode_events (pattern_key, attempt_id) where decision is not null;

create table learning.mined_patterns (
    pattern_key text primary key,
    as_of timestamptz not null,
    due_at timestamptz,
    configuration text not null
);
comment on table learning.mined_patterns is
    'One row per mined pattern: what its rates were made from, to see when time or settings change them.';
comment on column learning.mined_patterns.as_of is 'The clock of the mining (UTC).';
comment on column learning.mined_patterns.due_at is
    'When the passing of time alone changes the rates next (UTC): an event enters or leaves the lookback; null: never.';
comment on column learning.mined_patterns.configuration is
    'The tuning settings and enabled dimensions it was mined with.';
reset role;

set role quadrant_owner;

-- Samples that are corrected are evidence that changed: what is judged are their values.
alter table learning.pattern_episode_events
    add column samples_digest uuid generated always as (md5(factors ->> 'samples')::uuid) stored;
comment on column learning.pattern_episode_events.samples_digest is
    'The samples of factors in short: another digest, other samples; null: factors have none.';
alter table learning.mining_contributions add column samples_digest uuid;
comment on column learning.mining_contributions.samples_digest is
    'The samples it was counted with (pattern_episode_events.samples_digest).';
reset role;

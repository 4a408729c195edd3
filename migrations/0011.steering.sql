-- Which overrides were in force where a window was decided, read without the rest of its factors.
set role quadrant_owner;

alter table learning.pattern_episode_events add column overrides jsonb generated always as (
    case when jsonb_typeof(factors -> 'overrides') = 'array' then factors -> 'overrides' end
) stored;
comment on column learning.pattern_episode_events.overrides is
    'Ids of the overrides the thresholds in force came from at its decision bar (factors.overrides); null: base gates.';

reset role;

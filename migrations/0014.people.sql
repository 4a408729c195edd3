-- What base gates would have made of a window, kept when it is captured: by today's gates nobody
-- could tell what a change let in last year. Null for windows recorded before, and without samples.
set role quadrant_owner;

alter table learning.pattern_episode_events
    add column base_admits boolean,
    add column changed text,
    add constraint changed_is_known check (changed in ('let_in', 'kept_out'));
comment on column learning.pattern_episode_events.base_admits is
    'Whether some sample passed all base gates, as the judge sees it; null without samples.';
comment on column learning.pattern_episode_events.changed is
    'What the gates in force changed: let_in (acted, base gates would not have bought), kept_out (blocked by a gate, base gates would have bought); null: nothing.';
create index pattern_episode_events_changed
    on learning.pattern_episode_events (pattern_key, decided_at) where changed is not null;
-- For what looks at the newest setups, and asks since when there are any.
create index pattern_episode_events_newest
    on learning.pattern_episode_events (decided_at) where decision is not null;
reset role;

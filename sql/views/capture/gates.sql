-- The registered gates of every pattern: where they stand without overrides, and where they may go.
create or replace view analyst.gates as
select g.pattern_key, g.gate, g.ordinal, g.direction, g.base, g.steps, g.min_value, g.max_value,
    g.value_key, g.action_category, cardinality(g.steps) > 1 as is_lever
from learning.gates as g;
comment on view analyst.gates is
    'One row per registered gate, now: its direction, base threshold, and the steps that are tried.';
comment on column analyst.gates.base is 'Threshold without overrides, in the gate''s unit (docs/engine.md).';
comment on column analyst.gates.steps is 'Distances from base that are tried, in the gate''s unit.';
comment on column analyst.gates.is_lever is 'Whether the judge may move it.';

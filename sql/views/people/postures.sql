-- How a slice's market wants to be met: what is in force or proposed for A and E.
create or replace view analyst.postures as
select o.id as override_id, o.status, o.pinned, o.pattern_key, o.scope_subset, o.dir_a, o.dir_e,
    o.confidence_score as confidence, o.edge_raw_roi as edge, o.n, o.method, o.last_updated_at
from learning.pm_overrides as o
where o.action_category = 'pm_strength';
comment on view analyst.postures is
    'One row per slice with a posture, now: directions for A and E with their confidence.';
comment on column analyst.postures.dir_a is 'Direction for A, -1..1.';
comment on column analyst.postures.dir_e is 'Direction for E, -1..1.';
comment on column analyst.postures.confidence is '0..1.';
comment on column analyst.postures.edge is 'ROI edge over the mean of all trades, a fraction (0.05 = 5 %).';

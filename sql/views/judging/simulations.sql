-- Every slice of every pattern's newest look: what the tests said of the best change of its gates,
-- and what came of it and why.
create or replace view analyst.simulations as
with newest as (
    select distinct on (k.pattern_key) k.*
    from learning.looks as k
    where k.status = 'decided'
    order by k.pattern_key, k.id desc
),
policies as materialized (
    select k.id as look_id, p.*
    from newest as k
    cross join lateral learning.policies(k.pattern_key) as p
)
select
    s.lesson_id,
    k.pattern_key,
    s.scope_subset,
    k.profile,
    k.look_day,
    s.verdict,
    p.steps,
    p.n_levers,
    g.n_windows,
    g.n_days,
    g.changed[p.candidate] as changed,
    g.misses_caught[p.candidate] as misses_caught,
    g.failures_added[p.candidate] as failures_added,
    g.failures_avoided[p.candidate] as failures_avoided,
    g.wins_lost[p.candidate] as wins_lost,
    g.benefit[p.candidate] as benefit,
    g.cost[p.candidate] as cost,
    g.z[p.candidate] as z,
    g.money_z[p.candidate] as money_z,
    g.evidence,
    g.dodge_rate,
    g.by_outcome,
    g.reference,
    g.exclusions,
    s.reason,
    k.run_id,
    k.looked_at
from newest as k
join learning.look_slices as s on s.look_id = k.id
left join learning.gate_simulations as g on g.id = s.simulation_id
left join learning.solutions as o
    on o.pattern_key = k.pattern_key
    and o.scope_subset = s.scope_subset
    and o.status in ('active', 'proposed', 'suspended')
left join lateral (
    select u.place - 1 as candidate
    from unnest(g.z) with ordinality as u (z, place)
    where o.id is null and g.changed[u.place - 1] > 0
    order by u.z desc, u.place
    limit 1
) as best on true
left join policies as p
    on p.look_id = k.id and (p.steps = o.steps or p.candidate = best.candidate);
comment on view analyst.simulations is
    'One row per slice of a pattern''s newest look: the change in force or proposed, else the best tried, its evidence, and why it is not in force.';
comment on column analyst.simulations.z is 'Does it tell good from bad? Of the day sums of differences in score.';
comment on column analyst.simulations.money_z is 'Does it earn? Of the day sums of differences in ROI; null where results are unknown.';
comment on column analyst.simulations.evidence is 'E: odds of the whole search of this slice against chance, valid at every look.';
comment on column analyst.simulations.benefit is 'Sum of the differences in ROI that are gains (0.05 = 5 %).';
comment on column analyst.simulations.cost is 'Sum of the differences in ROI that are losses.';

-- The grid of every slice in its pattern's newest look, as it decided: a row per candidate.
create or replace view analyst.grids as
with newest as (
    select distinct on (k.pattern_key) k.*
    from learning.looks as k
    where k.status = 'decided'
    order by k.pattern_key, k.id desc
),
policies as materialized (
    select k.id as look_id, p.*, exists (
            select
            from learning.gates as l
            cross join lateral (
                select (p.steps ->> l.gate)::double precision as step
            ) as e
            where l.pattern_key = k.pattern_key
                and e.step <> 0
                and (
                    e.step = (select max(x.step) from unnest(l.steps) as x (step))
                    or e.step = (select min(x.step) from unnest(l.steps) as x (step))
                )
        ) as at_edge
    from newest as k
    cross join lateral learning.policies(k.pattern_key) as p
)
select s.lesson_id, k.pattern_key, s.scope_subset, p.candidate, p.steps, p.n_levers,
    g.changed[p.candidate] as changed,
    g.misses_caught[p.candidate] as misses_caught,
    g.failures_added[p.candidate] as failures_added,
    g.failures_avoided[p.candidate] as failures_avoided,
    g.wins_lost[p.candidate] as wins_lost,
    g.benefit[p.candidate] as benefit,
    g.cost[p.candidate] as cost,
    g.z[p.candidate] as z,
    g.money_z[p.candidate] as money_z,
    p.candidate is not distinct from s.candidate as chosen,
    p.at_edge
from newest as k
join learning.look_slices as s on s.look_id = k.id
join learning.gate_simulations as g on g.id = s.simulation_id
join policies as p on p.look_id = k.id;
comment on view analyst.grids is
    'One row per slice and candidate of the newest looks: counts, gains and losses in ROI, z.';
comment on column analyst.grids.candidate is '0 is back to the base gates, where something broader governs.';
comment on column analyst.grids.benefit is 'Sum of the differences in ROI that are gains (0.05 = 5 %).';
comment on column analyst.grids.cost is 'Sum of the differences in ROI that are losses.';

-- Which dimension makes the difference: the divergence of a lesson's success rate (of attempts)
-- from its pattern's, split over the conditions of its slice by Shapley values over the lattice of
-- its subsets, all of which are mined with it (Pastor, de Alfaro and Baralis 2021, DivExplorer).
-- The contributions of a lesson add up to its divergence.
create or replace view analyst.lesson_dimensions as
with lessons as materialized (
    select l.id as lesson_id, l.pattern_key, l.scope_subset,
        (select array_agg(k order by k) from jsonb_object_keys(l.scope_subset) as k) as names,
        (select count(*)::integer from jsonb_object_keys(l.scope_subset)) as depth
    from learning.learning_lessons as l
    where l.lesson_type = 'tuning_rates'
        and l.action_category = 'tuning'
        and l.status = 'active'
        and l.latent_factor_id = l.pattern_key || ' ' || l.scope_subset::text
        and l.scope_subset <> '{}'
),
subsets as materialized (
    select l.lesson_id, l.names, l.depth, m.mask,
        r.success_weight / r.weight::double precision as rate, t.size
    from lessons as l
    cross join lateral generate_series(0, (1 << l.depth) - 1) as m (mask)
    cross join lateral (
        select coalesce(jsonb_object_agg(n.name, l.scope_subset -> n.name), '{}') as scope,
            count(*)::integer as size
        from unnest(l.names) with ordinality as n (name, place)
        where m.mask & (1 << (n.place::integer - 1)) <> 0
    ) as t
    join learning.slice_rates as r
        on r.pattern_key = l.pattern_key and r.scope_subset = t.scope
),
-- The share of the orders of a lesson's conditions in which a given set comes first and a
-- given condition next.
orders as materialized (
    select d.depth, s.size,
        (factorial(s.size) * factorial(d.depth - s.size - 1) / factorial(d.depth))::double precision
            as share
    from (select distinct l.depth from lessons as l) as d
    cross join lateral generate_series(0, d.depth - 1) as s (size)
),
contributions as (
    select s.lesson_id, n.name,
        sum(case when i.is_in then s.rate * o.share else -s.rate * o.share end) as contribution
    from subsets as s
    cross join lateral unnest(s.names) with ordinality as n (name, place)
    cross join lateral (select s.mask & (1 << (n.place::integer - 1)) <> 0 as is_in) as i
    join orders as o
        on o.depth = s.depth and o.size = s.size - i.is_in::integer
    group by s.lesson_id, n.name
)
select l.lesson_id, l.pattern_key, l.scope_subset, c.name as dimension,
    l.scope_subset ->> c.name as value, c.contribution,
    sum(c.contribution) over (partition by l.lesson_id) as divergence
from contributions as c
join lessons as l on l.lesson_id = c.lesson_id;
comment on view analyst.lesson_dimensions is
    'Per lesson and dimension: how much of the distance between the slice''s success rate and its pattern''s the dimension makes (Shapley values; they add up to the divergence).';

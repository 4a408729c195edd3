-- Which dimension makes the difference: the divergence of a lesson's success rate (of attempts)
-- from its pattern's, split over the conditions of its slice by Shapley values over the lattice of
-- its subsets, all of which are lessons too (Pastor, de Alfaro and Baralis 2021, DivExplorer). The
-- contributions of a lesson add up to its divergence.
create or replace view analyst.lesson_dimensions as
select l.id as lesson_id, l.pattern_key, l.scope_subset, c.name as dimension,
    l.scope_subset ->> c.name as value, c.contribution, c.divergence
from learning.learning_lessons as l
cross join lateral (
    select array_agg(k order by k) as names, count(*)::integer as depth
    from jsonb_object_keys(l.scope_subset) as k
) as d
cross join lateral (
    select n.name, sum(v.value) as contribution, sum(sum(v.value)) over () as divergence
    from (
        select m.mask, t.size, (b.stats ->> 'sr')::double precision as rate
        from generate_series(0, (1 << d.depth) - 1) as m (mask)
        cross join lateral (
            select coalesce(jsonb_object_agg(n.name, l.scope_subset -> n.name), '{}') as scope,
                count(*)::integer as size
            from unnest(d.names) with ordinality as n (name, place)
            where m.mask & (1 << (n.place::integer - 1)) <> 0
        ) as t
        join learning.learning_lessons as b
            on b.lesson_type = l.lesson_type
            and b.pattern_key = l.pattern_key
            and b.action_category = l.action_category
            and b.scope_subset = t.scope
            and b.status = 'active'
    ) as s
    cross join lateral unnest(d.names) with ordinality as n (name, place)
    cross join lateral (select s.mask & (1 << (n.place::integer - 1)) <> 0 as is_in) as i
    -- The share of the orders of the conditions in which the others of s come first and n is next.
    cross join lateral (
        select (
            factorial(s.size - i.is_in::integer)
            * factorial(d.depth - s.size + i.is_in::integer - 1) / factorial(d.depth)
        )::double precision as share
    ) as o
    cross join lateral (
        select case when i.is_in then s.rate else -s.rate end * o.share as value
    ) as v
    group by n.name
) as c
where l.lesson_type = 'tuning_rates'
    and l.action_category = 'tuning'
    and l.status = 'active'
    and l.latent_factor_id = l.pattern_key || ' ' || l.scope_subset::text;
comment on view analyst.lesson_dimensions is
    'Per lesson and dimension: how much of the distance between the slice''s success rate and its pattern''s the dimension makes (Shapley values; they add up to the divergence).';

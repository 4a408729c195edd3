-- Which dimension makes the difference: the divergence of a lesson's success rate (of attempts)
-- from its pattern's, split over the conditions of its slice by Shapley values over the lattice of
-- its subsets, all of which are slices too (Pastor, de Alfaro and Baralis 2021, DivExplorer). The
-- contributions of a lesson add up to its divergence.
create or replace view analyst.lesson_dimensions as
select l.lesson_id, l.pattern_key, l.scope_subset, k.name as dimension,
    l.scope_subset ->> k.name as value, c.contribution, c.divergence
from (
    select l.id as lesson_id, l.pattern_key, l.scope_subset, l.slice_key,
        length(l.slice_key) as depth
    from learning.rate_lessons as l
    where l.status = 'active' and not l.is_copy
) as l
cross join lateral (
    select n.place, sum(v.value) as contribution, sum(sum(v.value)) over () as divergence
    from (
        select m.mask, t.size, r.success_weight / r.weight::double precision as rate
        from generate_series(0, (1 << l.depth) - 1) as m (mask)
        cross join lateral (
            select coalesce(string_agg(substr(l.slice_key, n, 1), '' order by n), '') as slice_key,
                count(*)::integer as size
            from generate_series(1, l.depth) as n
            where m.mask & (1 << (n - 1)) <> 0
        ) as t
        cross join lateral (
            select r.success_weight, r.weight
            from learning.slice_rates as r
            where r.pattern_key = l.pattern_key and r.slice_key = t.slice_key
            offset 0
        ) as r
    ) as s
    cross join generate_series(1, l.depth) as n (place)
    cross join lateral (select s.mask & (1 << (n.place - 1)) <> 0 as is_in) as i
    -- The share of the orders of the conditions in which the others of s come first and n is next.
    cross join lateral (
        select (
            factorial(s.size - i.is_in::integer)
            * factorial(l.depth - s.size + i.is_in::integer - 1) / factorial(l.depth)
        )::double precision as share
    ) as o
    cross join lateral (
        select case when i.is_in then s.rate else -s.rate end * o.share as value
    ) as v
    group by n.place
) as c
join learning.mining_codes as k
    on k.pattern_key = l.pattern_key and k.item = substr(l.slice_key, c.place, 1);
comment on view analyst.lesson_dimensions is
    'Per lesson and dimension: how much of the distance between the slice''s success rate and its pattern''s the dimension makes (Shapley values; they add up to the divergence).';

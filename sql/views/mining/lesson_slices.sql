-- The tuning lessons with what their figures are worked out from: their slice, its parent (the
-- slice with one condition less and the most experiments; ties: the first by its scope's text) with
-- its scope, both null for the whole pattern, and the strength of shrinkage. Lessons whose slice is
-- not stored have no row. A parent is found by the place of the condition it lacks: the largest
-- (n, place) tells it, and the largest (n, -place), whether there is a tie.
create or replace view learning.lesson_slices as
select l.id as lesson_id, l.pattern_key, l.status,
    l.is_copy,
    s as slice, p as parent,
    l.scope_subset - (
        select k.name
        from learning.mining_codes as k
        where k.pattern_key = l.pattern_key and k.item = substr(l.slice_key, u.place, 1)
    ) as parent_scope,
    learning.setting_in(c.config_data, l.pattern_key, 'shrinkage_k')::double precision as shrinkage
from learning.rate_lessons as l
join learning.slice_rates as s on s.pattern_key = l.pattern_key and s.slice_key = l.slice_key
left join (
    select l.id as lesson_id, max(array[r.n, i.place]) as most,
        max(array[r.n, -i.place]) as most_from_end
    from learning.lessons as l
    cross join lateral unnest(string_to_array(l.slice_key, null))
        with ordinality as i (item, place)
    join learning.slice_rates as r
        on r.pattern_key = l.pattern_key
        and r.slice_key = learning.key_without(l.slice_key, i.place::integer)
    group by l.id
) as a on a.lesson_id = l.id
cross join lateral (
    select case when a.most[2] = -a.most_from_end[2] then a.most[2]::integer
        else (
            select i.place
            from unnest(string_to_array(l.slice_key, null)) with ordinality as i (item, place)
            join learning.slice_rates as r
                on r.pattern_key = l.pattern_key
                and r.slice_key = learning.key_without(l.slice_key, i.place::integer)
            join learning.mining_codes as k on k.pattern_key = l.pattern_key and k.item = i.item
            where r.n = a.most[1]
            order by (l.scope_subset - k.name)::text collate "C"
            limit 1
        )::integer end as place
    offset 0
) as u
left join learning.slice_rates as p
    on p.pattern_key = l.pattern_key
    and p.slice_key = learning.key_without(l.slice_key, u.place)
left join learning.learning_configs as c on c.module_id = 'pm';
comment on view learning.lesson_slices is
    'Tuning lessons with the counts of their slice and of its parent.';

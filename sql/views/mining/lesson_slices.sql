-- The tuning lessons with what their figures are worked out from: their slice, its parent (the
-- slice with one condition less and the most experiments; ties: the first by its scope's text) with
-- its scope, both null for the whole pattern, and the strength of shrinkage. Lessons whose slice is
-- not stored have no row.
create or replace view learning.lesson_slices as
select l.id as lesson_id, l.pattern_key, l.status,
    coalesce(l.latent_factor_id = l.pattern_key || ' ' || l.scope_subset::text, true) as closed,
    s as slice, p as parent, u.scope_subset as parent_scope,
    learning.setting_in(c.config_data, l.pattern_key, 'shrinkage_k')::double precision as shrinkage
from learning.lessons as l
join learning.slice_rates as s on s.pattern_key = l.pattern_key and s.slice_key = l.slice_key
left join (
    select distinct on (b.lesson_id) b.lesson_id, b.slice_key, b.scope_subset
    from (
        select a.lesson_id, a.slice_key, o.scope_subset - k.name as scope_subset
        from (
            select l.id as lesson_id, r.slice_key, i.item,
                rank() over (partition by l.id order by r.n desc) as place
            from learning.lessons as l
            cross join lateral unnest(string_to_array(l.slice_key, null))
                with ordinality as i (item, place)
            join learning.slice_rates as r
                on r.pattern_key = l.pattern_key
                and r.slice_key = left(l.slice_key, i.place::integer - 1)
                    || substr(l.slice_key, i.place::integer + 1)
        ) as a
        join learning.lessons as o on o.id = a.lesson_id
        join learning.mining_codes as k on k.pattern_key = o.pattern_key and k.item = a.item
        where a.place = 1
    ) as b
    order by b.lesson_id, b.scope_subset::text collate "C"
) as u on u.lesson_id = l.id
left join learning.slice_rates as p on p.pattern_key = l.pattern_key and p.slice_key = u.slice_key
left join learning.learning_configs as c on c.module_id = 'pm'
where l.lesson_type = 'tuning_rates' and l.action_category = 'tuning';
comment on view learning.lesson_slices is
    'Tuning lessons with the counts of their slice and of its parent.';

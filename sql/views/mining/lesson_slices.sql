-- The tuning lessons with what their figures are worked out from: their slice, its parent (the
-- slice with one condition less and the most experiments; ties: the first by its scope's text) with
-- its scope, both null for the whole pattern, and the strength of shrinkage. Lessons whose slice is
-- not stored have no row. The offset makes the broader slices be looked up by their keys.
create or replace view learning.lesson_slices as
select l.id as lesson_id, l.pattern_key, l.status,
    coalesce(l.latent_factor_id = l.pattern_key || ' ' || l.scope_subset::text, true) as closed,
    s as slice, p as parent, l.scope_subset - u.name as parent_scope,
    learning.setting_in(c.config_data, l.pattern_key, 'shrinkage_k')::double precision as shrinkage
from learning.lessons as l
join learning.slice_rates as s on s.pattern_key = l.pattern_key and s.slice_key = l.slice_key
left join lateral (
    select k.name, b.slice_key
    from (
        select r.slice_key, substr(l.slice_key, i, 1) as item
        from generate_series(1, length(l.slice_key)) as i
        cross join lateral (
            select r.slice_key, r.n
            from learning.slice_rates as r
            where r.pattern_key = l.pattern_key
                and r.slice_key = left(l.slice_key, i - 1) || substr(l.slice_key, i + 1)
            offset 0
        ) as r
        order by r.n desc
        fetch first 1 row with ties
    ) as b
    join learning.mining_codes as k on k.pattern_key = l.pattern_key and k.item = b.item
    order by (l.scope_subset - k.name)::text collate "C"
    limit 1
) as u on true
left join learning.slice_rates as p on p.pattern_key = l.pattern_key and p.slice_key = u.slice_key
left join learning.learning_configs as c on c.module_id = 'pm'
where l.lesson_type = 'tuning_rates' and l.action_category = 'tuning';
comment on view learning.lesson_slices is
    'Tuning lessons with the counts of their slice and of its parent.';

create or replace view analyst.lesson_copies as
select l.id as lesson_id, l.pattern_key, l.action_category, l.scope_subset, l.n,
    o.id as copy_of, o.scope_subset as scope_copied
from learning.lessons as l
join learning.lessons as o
    on o.lesson_type = l.lesson_type
    and o.pattern_key = l.pattern_key
    and o.action_category = l.action_category
    and o.status = 'active'
    and o.pattern_key || ' ' || o.scope_subset::text = l.latent_factor_id
where l.status = 'active' and o.id <> l.id;
comment on view analyst.lesson_copies is
    'Lessons left out of analyst.lessons: their slice has the counts of a broader one in all four quadrants and as many policy skips (n_policy), whose lesson they copy.';

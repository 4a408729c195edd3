create or replace view analyst.lesson_copies as
select l.id as lesson_id, l.pattern_key, l.action_category, l.scope_subset, l.n,
    o.id as copy_of, o.scope_subset as scope_copied
from learning.lessons as l
join learning.lessons as o on o.id = l.copy_of and o.status = 'active'
where l.status = 'active';
comment on view analyst.lesson_copies is
    'Lessons left out of analyst.lessons: their slice has the counts of a broader one in all four quadrants and as many policy skips (n_policy), whose lesson they copy.';

-- The lessons about success and failure rates of slices (write_tuning_lessons), retired ones too;
-- is_copy: they hold the same experiments as a broader one, that of copy_of.
create or replace view learning.rate_lessons as
select l.id, l.pattern_key, l.scope_subset, l.slice_key, l.n, l.stats, l.verdict, l.counted_stamp,
    l.copy_of, l.copy_of is not null as is_copy, l.status, l.run_id, l.updated_at
from learning.lessons as l
where l.lesson_type = 'tuning_rates' and l.action_category = 'tuning';
comment on view learning.rate_lessons is
    'The lessons about rates of slices: those of learning.lessons that slice_rates are behind.';

-- The lessons about the DX ladder (write_ladder_lessons), retired ones too; is_copy: they hold
-- the same experiments as a broader one, that of copy_of.
create or replace view learning.dx_ladder_lessons as
select l.id, l.pattern_key, l.scope_subset, l.n, l.stats, l.copy_of,
    l.copy_of is not null as is_copy, l.status, l.run_id, l.updated_at
from learning.lessons as l
where l.lesson_type = 'tuning_rates' and l.action_category = 'tuning_dx_ladder';
comment on view learning.dx_ladder_lessons is
    'The lessons about how many buys of the DX ladder recoveries took.';

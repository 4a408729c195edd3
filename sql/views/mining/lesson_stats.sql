-- What the counts of a tuning lesson's slice say, with the scope of the parent they are seen
-- against; nothing is worked out for lessons that are not asked for.
create or replace view learning.lesson_stats as
select s.lesson_id, s.slice, r.stats || jsonb_build_object('parent', s.parent_scope) as stats
from learning.lesson_slices as s
cross join lateral learning.rate_stats(s.slice, s.parent, s.shrinkage) as r;
comment on view learning.lesson_stats is
    'Tuning lessons with the stats their slices'' counts say now.';

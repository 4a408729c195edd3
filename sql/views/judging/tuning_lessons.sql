-- The lessons the judge looks at, with the counts it goes by. is_copy: not the broadest of the
-- slices that share its counts (copies inherit what it gets). simulated: more than half of its
-- experiments carry samples, or its grid was tried before: those without samples that come later
-- take no part in it and do not turn a tested slice into a drifting one. The others drift.
create or replace view learning.tuning_lessons as
select
    l.id as lesson_id,
    l.pattern_key,
    l.scope_subset,
    i.items,
    length(l.slice_key) as depth,
    l.n,
    s.skipped_success::bigint as n_misses,
    s.acted_failure::bigint as n_fps,
    s.skipped_failure / nullif(s.skipped_success + s.skipped_failure, 0)::double precision as dr,
    l.is_copy,
    2 * s.n_sampled::bigint > l.n + s.n_policy or exists (
        select from learning.look_slices as t where t.lesson_id = l.id
    ) as simulated
from learning.rate_lessons as l
join learning.slice_rates as s on s.pattern_key = l.pattern_key and s.slice_key = l.slice_key
-- The offset keeps the planner from writing the call out wherever items are used.
cross join lateral (select learning.scope_items(l.scope_subset) as items offset 0) as i
where l.status = 'active'
    and exists (
        select from learning.gates as g
        where g.pattern_key = l.pattern_key and cardinality(g.steps) > 1
    );
comment on view learning.tuning_lessons is
    'Active tuning lessons of patterns with levers: is_copy (of a broader one), and simulated or '
    'drifting.';

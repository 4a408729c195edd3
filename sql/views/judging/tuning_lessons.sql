-- The lessons the judge looks at. closed: the broadest of the slices that share its counts (the
-- copies inherit what it gets). simulated: more than half of its events carry samples; the others
-- drift.
create or replace view learning.tuning_lessons as
select
    l.id as lesson_id,
    l.pattern_key,
    l.scope_subset,
    i.items,
    (select count(*)::integer from jsonb_object_keys(l.scope_subset)) as depth,
    l.n,
    l.stats,
    l.evidence_stamp,
    coalesce(l.latent_factor_id = l.pattern_key || ' ' || l.scope_subset::text, true) as closed,
    coalesce(
        2 * (l.stats ->> 'n_sampled')::bigint
            > l.n + coalesce((l.stats ->> 'n_policy')::bigint, 0),
        false
    ) as simulated
from learning.learning_lessons as l
-- The offset keeps the planner from writing the call out wherever items are used.
cross join lateral (select learning.scope_items(l.scope_subset) as items offset 0) as i
where l.lesson_type = 'tuning_rates'
    and l.action_category = 'tuning'
    and l.status = 'active'
    and exists (
        select from learning.gates as g
        where g.pattern_key = l.pattern_key and cardinality(g.steps) > 1
    );
comment on view learning.tuning_lessons is
    'Active tuning lessons of patterns with levers: closed (no copy of a broader one) and '
    'simulated (or drifting).';

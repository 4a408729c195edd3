-- Every lesson with its stats. is_copy: its slice holds the same experiments as a broader one, that
-- of copy_of, whose name is its latent_factor_id; the others' is their own.
-- What an active tuning lesson's stats say follows from its slice's counts and its parent's and is
-- worked out when it is read: stats is read once per row where it stands alone (a FROM item of its
-- own), once per mention elsewhere.
create or replace view learning.learning_lessons as
select l.id, l.module, l.lesson_type, l.pattern_key, l.action_category, l.scope_subset, l.n,
    coalesce(
        l.stats,
        (select s.stats from learning.lesson_stats as s where s.lesson_id = l.id),
        '{}'
    ) as stats,
    l.counted_stamp, l.decay_halflife_hours,
    case when l.lesson_type = 'tuning_rates'
        then l.pattern_key || ' ' || coalesce(
            (select o.scope_subset from learning.lessons as o where o.id = l.copy_of),
            l.scope_subset
        )::text end as latent_factor_id,
    l.status, l.run_id, l.updated_at, l.copy_of, l.copy_of is not null as is_copy
from learning.lessons as l;
comment on view learning.learning_lessons is
    'One row per conclusion, with its evidence (stats).';

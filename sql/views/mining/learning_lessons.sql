-- Every lesson with its stats and the factor it shares (closed: it is no copy of a broader one).
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
    l.evidence_stamp, l.decay_halflife_hours,
    coalesce(
        l.latent_factor_id,
        case when l.lesson_type = 'tuning_rates'
            then l.pattern_key || ' ' || l.scope_subset::text end
    ) as latent_factor_id,
    l.status, l.run_id, l.updated_at, l.latent_factor_id is null as closed
from learning.lessons as l;
comment on view learning.learning_lessons is
    'One row per conclusion, with its evidence (stats).';

create or replace view analyst.pressure as
select l.id as lesson_id, l.pattern_key, l.scope_subset, l.n,
    (l.stats ->> 'n_misses')::bigint as n_misses,
    (l.stats ->> 'n_fps')::bigint as n_fps,
    (l.stats ->> 'pressure')::bigint as pressure,
    (l.stats ->> 'dr')::double precision as dr
from learning.learning_lessons as l
where l.lesson_type = 'tuning_rates' and l.action_category = 'tuning' and l.status = 'active';
comment on view analyst.pressure is
    'Per active tuning lesson: misses less false positives; above 0 the gates keep too much out.';

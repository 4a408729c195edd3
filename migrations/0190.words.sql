-- One word per thing (docs/glossary.md); a copy names the lesson it copies.
drop materialized view if exists analyst.pattern_scope_stats;
drop view if exists analyst.patterns, analyst.simulations, learning.tuning_lessons,
    analyst.ladder_lessons, analyst.lesson_copies, learning.lesson_differences,
    analyst.lesson_dimensions, analyst.lessons, analyst.health, analyst.overrides,
    learning.drift_levers, analyst.pressure, learning.learning_lessons, learning.rate_lessons,
    learning.dx_ladder_lessons, learning.lesson_slices, learning.lesson_stats cascade;
set role quadrant_owner;

alter table learning.lessons
    add column copy_of bigint,
    add constraint a_copy_is_of_a_lesson foreign key (copy_of) references learning.lessons;
update learning.lessons as l set copy_of = o.id
from learning.lessons as o
where o.lesson_type = l.lesson_type
    and o.pattern_key = l.pattern_key
    and o.action_category = l.action_category
    and o.pattern_key || ' ' || o.scope_subset::text = l.latent_factor_id
    and o.id <> l.id;
alter table learning.lessons drop column latent_factor_id;
alter table learning.lessons rename column evidence_stamp to counted_stamp;
comment on column learning.lessons.copy_of is
    'The lesson whose slice, a broader one, holds the very same experiments; null: it is no copy.';
comment on column learning.lessons.counted_stamp is
    'Changes exactly when what the slice counts does: an unchanged slice is not judged again.';
comment on column learning.lessons.updated_at is
    'When the lesson was last written (UTC, learning.clock()): its own counts, verdict, copy_of or status changed.';
alter table learning.slice_rates rename column evidence to mining;
alter table learning.mining_contributions rename column event_id to experiment_id;
alter table learning.mined_patterns rename column n_events to n_experiments;
comment on column learning.slice_rates.weight is
    'Sum of learning.experiment_weight(decided windows of the attempt and pattern) over the experiments of n: learning.attempts() makes n_eff of it.';
reset role;

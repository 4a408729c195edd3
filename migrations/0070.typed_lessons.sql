-- Lessons are typed rows: what a lesson's stats say follows from its slice's counts and its parent's,
-- so a changed count is written once. Readers find everything in the view learning.learning_lessons,
-- deployed with the others; these are made anew on top of it.
drop materialized view if exists analyst.pattern_scope_stats;
drop view if exists analyst.patterns, analyst.simulations, learning.tuning_lessons,
    analyst.ladder_lessons, analyst.lesson_copies, learning.lesson_differences,
    analyst.lesson_dimensions, analyst.lessons, analyst.health, analyst.overrides,
    learning.drift_levers, analyst.pressure;
set role quadrant_owner;

alter table learning.learning_lessons rename to lessons;
alter table learning.lessons
    alter column stats drop not null,
    alter column stats drop default,
    add column slice_key text collate "C";
comment on table learning.lessons is
    'One row per conclusion; learning.learning_lessons reads them with their stats.';
comment on column learning.lessons.stats is
    'What the conclusion rests on; null for an active tuning lesson, whose slice (slice_key) tells it.';
comment on column learning.lessons.slice_key is
    'Tuning lessons: the slice in slice_rates.';
comment on column learning.lessons.latent_factor_id is
    'Of slices with identical counts along a parent-child line the name of the broadest; null: its own, the lesson is no copy.';
comment on column learning.lessons.updated_at is
    'When the lesson was last written (UTC, learning.clock()): its own evidence, verdict, factor or status changed.';

-- A key is a character per condition, so that a slice is written, extended and cut by its parts.
truncate learning.slice_rates, learning.mining_contributions;
delete from learning.mining_codes;
alter table learning.mining_codes
    add column item text collate "C" not null,
    add constraint an_item_has_one_meaning unique (pattern_key, item);
comment on column learning.mining_codes.place is
    'The place of the dimension among the conditions of slice_rates.slice_key, from 1.';
comment on column learning.mining_codes.code is 'The number of the value within its dimension, from 1.';
comment on column learning.mining_codes.item is
    'The condition (name = value) as the character that stands for it in slice_rates.slice_key.';
comment on table learning.mining_codes is
    'The dictionary of a pattern''s slice keys. It only grows, but for a rebuild of everything.';
-- What came since the last rebuild is asked for by every mining.
create index mining_contributions_by_mining on learning.mining_contributions (pattern_key, mining);
alter table learning.slice_rates
    drop column n,
    drop column scope_subset,
    drop column depth;
alter table learning.slice_rates
    alter column acted_success type integer,
    alter column acted_failure type integer,
    alter column skipped_success type integer,
    alter column skipped_failure type integer,
    alter column n_policy type integer,
    alter column n_sampled type integer,
    alter column n_valued type integer,
    add column n integer not null generated always as
        (acted_success + acted_failure + skipped_success + skipped_failure) stored;
comment on column learning.slice_rates.slice_key is
    'The slice: an item of mining_codes per condition, in the order of their places; empty: the whole pattern.';
update learning.mined_patterns set configuration = '', base_floor = null;
comment on column learning.mined_patterns.base_floor is
    'Experiments a slice needed at the last rebuild to be stored; null: it waits to be counted anew.';
reset role;

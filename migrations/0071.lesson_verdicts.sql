set role quadrant_owner;

-- A verdict follows from the slice's own counts: kept beside them, a change of it can be told.
alter table learning.lessons
    add column verdict text,
    add constraint verdict_is_known
        check (verdict in ('hold', 'loosen', 'tighten', 'press', 'mixed'));
comment on column learning.lessons.verdict is
    'Tuning lessons: hold, loosen, tighten, press or mixed, a label for people.';

-- What has a key is told apart by it (scopes are compared five times as slowly), the rest by its
-- scope. Deferrable: lessons may exchange their keys in one statement. It serves what the index of
-- active lessons served too.
drop index learning.learning_lessons_active;
alter table learning.lessons
    drop constraint one_lesson_per_slice,
    add constraint one_lesson_per_slice_key unique (pattern_key, slice_key) deferrable;
create unique index one_lesson_per_slice
    on learning.lessons (lesson_type, pattern_key, action_category, scope_subset)
    where slice_key is null;

-- What has a key was made of scopes that had been looked at.
alter table learning.lessons
    drop constraint scope_is_an_object_of_plain_values,
    add constraint scope_is_an_object_of_plain_values
        check (slice_key is not null or learning.is_scope(scope_subset));

update learning.lessons set latent_factor_id = null
where lesson_type = 'tuning_rates'
    and latent_factor_id = pattern_key || ' ' || scope_subset::text;
reset role;

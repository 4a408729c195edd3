update learning.lessons set latent_factor_id = pattern_key || ' ' || scope_subset::text
where latent_factor_id is null and lesson_type = 'tuning_rates';
drop index learning.one_lesson_per_slice;
alter table learning.lessons
    drop constraint one_lesson_per_slice_key,
    add constraint one_lesson_per_slice
        unique (lesson_type, pattern_key, action_category, scope_subset),
    drop constraint scope_is_an_object_of_plain_values,
    add constraint scope_is_an_object_of_plain_values check (learning.is_scope(scope_subset)),
    drop constraint verdict_is_known,
    drop column verdict;
create index learning_lessons_active
    on learning.lessons (lesson_type, pattern_key) where status = 'active';

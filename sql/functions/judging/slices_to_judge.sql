-- The slices a look at a pattern compares: those with a tuning lesson (no copies, with samples, not
-- deeper than judged_depth) and those with a live solution.
create or replace function learning.slices_to_judge(p_pattern_key text)
returns table (lesson_id bigint, scope_subset jsonb, depth integer)
language sql stable
as $$
    select t.lesson_id, t.scope_subset, t.depth
    from learning.tuning_lessons as t
    where t.pattern_key = p_pattern_key
        and not t.is_copy
        and t.simulated
        and t.depth <= (select learning.setting(p_pattern_key, 'judged_depth')::integer)
    union
    select o.lesson_id, o.scope_subset, o.depth
    from learning.solutions as o
    where o.pattern_key = p_pattern_key
        and o.status in ('active', 'proposed', 'suspended')
        and o.lesson_id is not null
$$;
comment on function learning.slices_to_judge(text) is
    'Lessons of a pattern, with their slices, that a look compares.';

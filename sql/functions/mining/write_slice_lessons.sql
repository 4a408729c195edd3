-- Makes the lessons of a type and category of a pattern what p_slices says (scope_subset, n, stats,
-- counted_stamp, decay_halflife_hours; the rest of a row is ignored). Slices of equal stamps along
-- a parent-child line are copies of the broadest. Retires those that are not there; touches only
-- rows whose stamp, copy or status changed, and answers them.
create or replace function learning.write_slice_lessons(
    p_lesson_type text, p_action_category text, p_pattern_key text, p_slices learning.lessons[],
    p_as_of timestamptz, p_run_id bigint
)
returns table (scope_subset jsonb, n bigint, stats jsonb, status text)
language sql volatile
as $$
    with slices as materialized (
        select s.scope_subset, s.n, s.stats, s.counted_stamp, s.decay_halflife_hours,
            row_number() over (
                order by cardinality(learning.scope_items(s.scope_subset)),
                    s.scope_subset::text collate "C"
            )::integer as place
        from unnest(p_slices) as s
    ),
    copies as (
        select c.place, p.place as parent
        from (
            select s.place, s.counted_stamp,
                s.scope_subset - jsonb_object_keys(s.scope_subset) as above
            from slices as s
        ) as c
        join slices as p on p.scope_subset = c.above and p.counted_stamp = c.counted_stamp
    ),
    -- An id before it is written: a new lesson may be the copy of another new one.
    named as materialized (
        select s.*, coalesce(
                l.id, nextval(pg_get_serial_sequence('learning.lessons', 'id'))
            ) as id
        from slices as s
        left join learning.lessons as l
            on l.lesson_type = p_lesson_type
            and l.pattern_key = p_pattern_key
            and l.action_category = p_action_category
            and l.scope_subset = s.scope_subset
            and l.slice_key is null
    ),
    written as (
        insert into learning.lessons as l (
            id, module, lesson_type, pattern_key, action_category, scope_subset, n, stats,
            counted_stamp, decay_halflife_hours, copy_of, run_id, updated_at
        )
        overriding system value
        select s.id, split_part(p_pattern_key, '.', 1), p_lesson_type, p_pattern_key,
            p_action_category, s.scope_subset, s.n, s.stats, s.counted_stamp,
            s.decay_halflife_hours, case when b.place <> s.place then b.id end, p_run_id, p_as_of
        from unnest(learning.components(
            (select count(*)::integer from slices),
            (select array_agg(c.place) from copies as c),
            (select array_agg(c.parent) from copies as c)
        )) with ordinality as f (broadest, place)
        join named as s on s.place = f.place
        join named as b on b.place = f.broadest
        on conflict (lesson_type, pattern_key, action_category, scope_subset)
            where slice_key is null
        do update
        set n = excluded.n,
            stats = excluded.stats,
            counted_stamp = excluded.counted_stamp,
            decay_halflife_hours = excluded.decay_halflife_hours,
            copy_of = excluded.copy_of,
            status = 'active',
            run_id = excluded.run_id,
            updated_at = excluded.updated_at
        where (l.counted_stamp, l.copy_of, l.status) is distinct from (
            excluded.counted_stamp, excluded.copy_of, 'active'
        )
        returning l.scope_subset, l.n, l.stats, l.status
    ),
    retired as (
        update learning.lessons as l
        set status = 'retired', run_id = p_run_id, updated_at = p_as_of
        where l.lesson_type = p_lesson_type
            and l.action_category = p_action_category
            and l.pattern_key = p_pattern_key
            and l.status = 'active'
            and not exists (select from slices as s where s.scope_subset = l.scope_subset)
        returning l.scope_subset, l.n, l.stats, l.status
    )
    select w.* from written as w
    union all
    select r.* from retired as r
$$;
comment on function learning.write_slice_lessons(
    text, text, text, learning.lessons[], timestamptz, bigint
) is 'Writes and retires the lessons of a type and category, marks copies; answers what changed.';

-- The lessons from a pattern's trades (slices_of_trades with n_min trades): pm_strength, of a
-- pattern dm.* dm_alloc, whose alloc_mult is 1 + 0.02 x 20 x edge within 0.7..1.3. Slices of the
-- same trades along a parent-child line are copies of the broadest. Retires those that no longer
-- qualify; touches only rows whose trades, or the pattern's, changed. Returns {"lessons",
-- "lessons_changed", "retired"}. Long, for it is one statement: what is written, retired and
-- logged.
create or replace function learning.write_strength_lessons(
    p_pattern_key text, p_as_of timestamptz, p_run_id bigint
)
returns jsonb
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set timezone = 'UTC' set jit = off
as $$
declare
    v_module text := split_part(p_pattern_key, '.', 1);
    v_type text := case v_module when 'dm' then 'dm_alloc' else 'pm_strength' end;
    v_n_min integer := learning.setting(p_pattern_key, 'n_min')::integer;
    v_result jsonb;
begin
    with slices as materialized (
        select s.*, row_number() over (
                order by s.depth, s.scope_subset::text collate "C"
            )::integer as place,
            concat_ws('/', s.n, s.mark, max(s.mark) filter (where s.depth = 0) over ()) as stamp
        from learning.slices_of_trades(p_pattern_key, p_as_of, v_n_min) as s
    ),
    copies as (
        select c.place, p.place as parent
        from (
            select s.place, s.stamp, s.scope_subset - jsonb_object_keys(s.scope_subset) as above
            from slices as s
        ) as c
        join slices as p on p.scope_subset = c.above and p.stamp = c.stamp
    ),
    -- An id before it is written: a new lesson may be the copy of another new one.
    named as materialized (
        select s.*, coalesce(
                l.id, nextval(pg_get_serial_sequence('learning.lessons', 'id'))
            ) as id
        from slices as s
        left join learning.lessons as l
            on l.lesson_type = v_type and l.pattern_key = p_pattern_key
            and l.action_category = v_type and l.scope_subset = s.scope_subset
            and l.slice_key is null
    ),
    written as (
        insert into learning.lessons as l (
            id, module, lesson_type, pattern_key, action_category, scope_subset, n, stats,
            counted_stamp, decay_halflife_hours, copy_of, run_id, updated_at
        )
        overriding system value
        select s.id, v_module, v_type, p_pattern_key, v_type, s.scope_subset, s.n,
            jsonb_build_object(
                'edge_raw_roi', s.edge_raw_roi, 'dir_a', s.dir_a, 'dir_e', s.dir_e,
                'confidence', s.confidence, 'p_trim', s.p_trim, 'p_s3', s.p_s3,
                'decay', s.decay, 'mean_roi', s.mean_roi, 'var_roi', s.var_roi,
                'global_mean_roi', s.global_mean_roi, 'hold_hours', s.hold_hours
            ) || case v_type when 'dm_alloc' then jsonb_build_object(
                'alloc_mult', learning.target_multiplier(s.edge_raw_roi)
            ) else '{}' end,
            s.stamp, s.half_life, case when b.place <> s.place then b.id end, p_run_id, p_as_of
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
        returning l.id
    ),
    retired as (
        update learning.lessons as l
        set status = 'retired', run_id = p_run_id, updated_at = p_as_of
        where l.lesson_type = v_type
            and l.pattern_key = p_pattern_key
            and l.status = 'active'
            and not exists (select from slices as s where s.scope_subset = l.scope_subset)
        returning l.id
    )
    select jsonb_build_object(
        'lessons', (select count(*) from slices),
        'lessons_changed', (select count(*) from written),
        'retired', (select count(*) from retired)
    )
    into v_result;
    perform learning.log(
        'INFO', 'TuningMiner trades done',
        jsonb_build_object('pattern_key', p_pattern_key, 'lesson_type', v_type) || v_result,
        p_run_id
    );
    return v_result;
end
$$;
comment on function learning.write_strength_lessons(text, timestamptz, bigint) is
    'Writes and retires the lessons from a pattern''s trades; returns counts.';

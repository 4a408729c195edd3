-- The lessons from a pattern's trades (slices_of_trades with n_min trades): pm_strength, of a
-- pattern dm.* dm_alloc, whose alloc_mult is 1 + 0.02 x 20 x edge within 0.7..1.3. Slices of the
-- same trades along a parent-child line are copies of the broadest. Retires those that no longer
-- qualify; touches only rows whose trades, or the pattern's, changed (write_slice_lessons). Returns
-- {"lessons", "lessons_changed", "retired"}.
create or replace function learning.write_strength_lessons(
    p_pattern_key text, p_as_of timestamptz, p_run_id bigint
)
returns jsonb
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set timezone = 'UTC'
as $$
declare
    v_module text := split_part(p_pattern_key, '.', 1);
    v_type text := case v_module when 'dm' then 'dm_alloc' else 'pm_strength' end;
    v_n_min integer := learning.setting(p_pattern_key, 'n_min')::integer;
    v_slices learning.lessons[];
    v_result jsonb;
begin
    v_slices := array(
        select jsonb_populate_record(null::learning.lessons, jsonb_build_object(
            'scope_subset', s.scope_subset, 'n', s.n, 'decay_halflife_hours', s.half_life,
            'counted_stamp',
            concat_ws('/', s.n, s.mark, max(s.mark) filter (where s.depth = 0) over ()),
            'stats', jsonb_build_object(
                'edge_raw_roi', s.edge_raw_roi, 'dir_a', s.dir_a, 'dir_e', s.dir_e,
                'confidence', s.confidence, 'p_trim', s.p_trim, 'p_s3', s.p_s3,
                'decay', s.decay, 'mean_roi', s.mean_roi, 'var_roi', s.var_roi,
                'global_mean_roi', s.global_mean_roi, 'hold_hours', s.hold_hours
            ) || case v_type when 'dm_alloc' then jsonb_build_object(
                'alloc_mult', learning.target_multiplier(s.edge_raw_roi)
            ) else '{}' end
        ))
        from learning.slices_of_trades(p_pattern_key, p_as_of, v_n_min) as s
    );
    select jsonb_build_object(
        'lessons', cardinality(v_slices),
        'lessons_changed', count(*) filter (where w.status = 'active'),
        'retired', count(*) filter (where w.status = 'retired')
    )
    into v_result
    from learning.write_slice_lessons(
        v_type, v_type, p_pattern_key, v_slices, p_as_of, p_run_id
    ) as w;
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

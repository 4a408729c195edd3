-- The DX ladder of a pattern (episodes s3_dx in which something was bought): per slice how many
-- buys its successes took at base arms, and the ladder's pressure (threes - ones) / successes, as
-- lessons tuning_dx_ladder from p_n_min successes on; retires those that no longer qualify. Buys at
-- base arms follow from fill_depth_atrs, the depth below the first fill in ATRs, where it was kept
-- as a number, else they are the buys made. Returns {"lessons", "lessons_changed", "retired"}.
-- Long, for it is one statement: what is counted, written, retired and logged.
create or replace function learning.write_ladder_lessons(
    p_pattern_key text, p_n_min integer, p_as_of timestamptz, p_run_id bigint
)
returns jsonb
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set timezone = 'UTC' set enable_nestloop = off set jit = off
as $$
declare
    v_since timestamptz := p_as_of
        - make_interval(days => learning.setting(p_pattern_key, 'lookback_days')::integer);
    v_max_dims integer := learning.max_dims(p_pattern_key);
    v_arm numeric := (
        select g.base from learning.gates as g
        where g.pattern_key = p_pattern_key and g.action_category = 'tuning_dx_atr_mult'
    );
    v_result jsonb;
begin
    with cycles as (
        select learning.mined_scope(e.scope) as scope, e.outcome = 'success' as is_success,
            case when v_arm > 0 and jsonb_typeof(e.factors -> 'fill_depth_atrs') = 'number'
                then 1 + least(2, floor(
                    greatest(0, (e.factors -> 'fill_depth_atrs')::numeric) / v_arm
                ))
                else (e.factors -> 'dx_count')::numeric
            end::integer as dx_count
        from learning.pattern_episode_events as e
        where e.pattern_key = p_pattern_key
            and e.episode_type = 's3_dx'
            and e.outcome in ('success', 'failure')
            and e.decided_at > v_since
            and e.decided_at <= p_as_of
            and case when jsonb_typeof(e.factors -> 'dx_count') = 'number'
                then (e.factors -> 'dx_count')::numeric between 1 and 3 end
    ),
    cells as (
        select c.scope,
            count(*) filter (where c.is_success and c.dx_count = 1) as ones,
            count(*) filter (where c.is_success and c.dx_count = 2) as twos,
            count(*) filter (where c.is_success and c.dx_count = 3) as threes,
            count(*) filter (where not c.is_success) as failures
        from cycles as c
        group by c.scope
    ),
    slices as materialized (
        select s.scope_subset, s.depth, sum(c.ones)::bigint as ones, sum(c.twos)::bigint as twos,
            sum(c.threes)::bigint as threes, sum(c.failures)::bigint as failures,
            concat_ws('/', sum(c.ones), sum(c.twos), sum(c.threes), sum(c.failures)) as stamp,
            row_number() over (order by s.depth, s.scope_subset::text collate "C")::integer as place
        from cells as c
        cross join lateral learning.scope_subsets(c.scope, v_max_dims) as s
        group by s.scope_subset, s.depth
        having sum(c.ones + c.twos + c.threes) >= p_n_min
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
        left join learning.dx_ladder_lessons as l
            on l.pattern_key = p_pattern_key and l.scope_subset = s.scope_subset
    ),
    lessons as (
        select s.scope_subset, s.stamp, n.successes + s.failures as n,
            s.id, case when b.place <> s.place then b.id end as copy_of,
            jsonb_build_object(
                'count_1', s.ones, 'count_2', s.twos, 'count_3', s.threes,
                'avg_dx_count',
                    (s.ones + 2 * s.twos + 3 * s.threes) / n.successes::double precision,
                'ladder_pressure', (s.threes - s.ones) / n.successes::double precision,
                'n_success', n.successes, 'n_failure', s.failures,
                'failure_rate', s.failures / (n.successes + s.failures)::double precision
            ) as stats
        from unnest(learning.components(
            (select count(*)::integer from slices),
            (select array_agg(c.place) from copies as c),
            (select array_agg(c.parent) from copies as c)
        )) with ordinality as f (broadest, place)
        join named as s on s.place = f.place
        join named as b on b.place = f.broadest
        cross join lateral (select s.ones + s.twos + s.threes as successes) as n
    ),
    written as (
        insert into learning.lessons as l (
            id, module, lesson_type, pattern_key, action_category, scope_subset, n, stats,
            counted_stamp, copy_of, run_id, updated_at
        )
        overriding system value
        select s.id, split_part(p_pattern_key, '.', 1), 'tuning_rates', p_pattern_key,
            'tuning_dx_ladder', s.scope_subset, s.n, s.stats, s.stamp, s.copy_of, p_run_id, p_as_of
        from lessons as s
        on conflict (lesson_type, pattern_key, action_category, scope_subset)
            where slice_key is null
        do update
        set n = excluded.n,
            stats = excluded.stats,
            counted_stamp = excluded.counted_stamp,
            copy_of = excluded.copy_of,
            status = 'active',
            run_id = excluded.run_id,
            updated_at = excluded.updated_at
        where (l.counted_stamp, l.copy_of, l.status) is distinct from (
            excluded.counted_stamp, excluded.copy_of, 'active'
        )
        returning l.scope_subset, l.n, l.stats
    ),
    retired as (
        update learning.dx_ladder_lessons as l
        set status = 'retired', run_id = p_run_id, updated_at = p_as_of
        where l.pattern_key = p_pattern_key
            and l.status = 'active'
            and not exists (select from slices as s where s.scope_subset = l.scope_subset)
        returning l.scope_subset, l.n
    ),
    logged as (
        insert into learning.learning_log (run_id, level, event, data)
        select p_run_id, 'INFO', 'TuningMiner ladder lesson' || case when t.stats is null
                then ' retired' else '' end,
            jsonb_build_object(
                'pattern_key', p_pattern_key, 'scope_subset', t.scope_subset, 'n', t.n
            ) || coalesce(t.stats, '{}')
        from (
            select w.scope_subset, w.n, w.stats from written as w
            union all
            select r.scope_subset, r.n, null from retired as r
        ) as t
    )
    select jsonb_build_object(
        'lessons', (select count(*) from slices),
        'lessons_changed', (select count(*) from written),
        'retired', (select count(*) from retired)
    )
    into v_result;
    return v_result;
end
$$;
comment on function learning.write_ladder_lessons(text, integer, timestamptz, bigint) is
    'Turns the DX ladder cycles of a pattern into lessons tuning_dx_ladder, touching only what changed; returns counts.';

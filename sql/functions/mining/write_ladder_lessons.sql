-- The DX ladder of a pattern (episodes s3_dx in which something was bought): per slice how many
-- buys its successes took at base arms, and the ladder's pressure (threes - ones) / successes, as
-- lessons tuning_dx_ladder from p_n_min successes on; retires those that no longer qualify. Buys at
-- base arms follow from fill_depth_atrs, the depth below the first fill in ATRs, where it was kept
-- as a number, else they are the buys made. Returns {"lessons", "lessons_changed", "retired"}.
create or replace function learning.write_ladder_lessons(
    p_pattern_key text, p_n_min integer, p_as_of timestamptz, p_run_id bigint
)
returns jsonb
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set timezone = 'UTC' set enable_nestloop = off
as $$
declare
    v_since timestamptz := p_as_of
        - make_interval(days => learning.setting(p_pattern_key, 'lookback_days')::integer);
    v_max_dims integer := learning.max_dims(p_pattern_key);
    v_arm numeric := (
        select g.base from learning.gates as g
        where g.pattern_key = p_pattern_key and g.action_category = 'tuning_dx_atr_mult'
    );
    v_slices learning.lessons[];
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
    slices as (
        select s.scope_subset, sum(c.ones)::bigint as ones, sum(c.twos)::bigint as twos,
            sum(c.threes)::bigint as threes, sum(c.failures)::bigint as failures,
            concat_ws('/', sum(c.ones), sum(c.twos), sum(c.threes), sum(c.failures)) as stamp
        from cells as c
        cross join lateral learning.scope_subsets(c.scope, v_max_dims) as s
        group by s.scope_subset
        having sum(c.ones + c.twos + c.threes) >= p_n_min
    )
    select coalesce(array_agg(jsonb_populate_record(null::learning.lessons, jsonb_build_object(
        'scope_subset', s.scope_subset, 'n', n.successes + s.failures, 'counted_stamp', s.stamp,
        'stats', jsonb_build_object(
            'count_1', s.ones, 'count_2', s.twos, 'count_3', s.threes,
            'avg_dx_count', (s.ones + 2 * s.twos + 3 * s.threes) / n.successes::double precision,
            'ladder_pressure', (s.threes - s.ones) / n.successes::double precision,
            'n_success', n.successes, 'n_failure', s.failures,
            'failure_rate', s.failures / (n.successes + s.failures)::double precision
        )
    ))), '{}')
    into v_slices
    from slices as s
    cross join lateral (select s.ones + s.twos + s.threes as successes) as n;

    with changed as materialized (
        select w.*
        from learning.write_slice_lessons(
            'tuning_rates', 'tuning_dx_ladder', p_pattern_key, v_slices, p_as_of, p_run_id
        ) as w
    ),
    logged as (
        insert into learning.learning_log (run_id, level, event, data)
        select p_run_id, 'INFO', 'TuningMiner ladder lesson' || case c.status
                when 'retired' then ' retired' else '' end,
            jsonb_build_object(
                'pattern_key', p_pattern_key, 'scope_subset', c.scope_subset, 'n', c.n
            ) || case c.status when 'active' then c.stats else '{}' end
        from changed as c
    )
    select jsonb_build_object(
        'lessons', cardinality(v_slices),
        'lessons_changed', count(*) filter (where c.status = 'active'),
        'retired', count(*) filter (where c.status = 'retired')
    )
    into v_result
    from changed as c;
    return v_result;
end
$$;
comment on function learning.write_ladder_lessons(text, integer, timestamptz, bigint) is
    'Turns the DX ladder cycles of a pattern into lessons tuning_dx_ladder, touching only what changed; returns counts.';

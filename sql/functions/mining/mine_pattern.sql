-- Mines one pattern as of a moment: experiments of the last lookback_days to slice_rates and on to
-- lessons; touches only what changed. Returns {"events", "slices", "slices_changed", "lessons",
-- "lessons_changed", "retired"}. Slices under n_min are not kept.
create or replace function learning.mine_pattern(
    p_pattern_key text, p_as_of timestamptz, p_run_id bigint
)
returns jsonb
language plpgsql volatile
set search_path = '' set enable_nestloop = off set jit = off
as $$
declare
    v_dims text[] := array(
        select d.name from learning.scope_dimensions as d where d.enabled order by d.ordinal
    );
    v_n_min integer := learning.setting(p_pattern_key, 'n_min');
    v_max_dims integer := coalesce(
        learning.setting(p_pattern_key, 'max_dims')::integer,
        case when cardinality(v_dims) > 10 then 4 end
    );
    v_days integer := learning.setting(p_pattern_key, 'lookback_days');
    v_lookback interval := make_interval(days => v_days);
    v_configuration text := learning.mining_configuration(p_pattern_key);
    v_cells learning.slice_rates[];
    v_slices learning.slice_rates[];
    v_changed integer;
    v_events bigint;
    v_result jsonb;
begin
    v_cells := learning.mining_cells(p_pattern_key, v_dims, p_as_of - v_lookback, p_as_of);
    v_events := coalesce((select sum(c.n + c.n_policy) from unnest(v_cells) as c), 0);
    perform learning.log('INFO', 'TuningMiner starting', jsonb_build_object(
        'pattern_key', p_pattern_key, 'events', v_events, 'lookback_days', v_days
    ), p_run_id);
    if cardinality(v_cells) > 0 then
        v_slices := array(
            select s
            from learning.roll_up_cells(v_cells, v_n_min, v_max_dims) as s
        );
    end if;
    with slices as (
        select s.* from unnest(v_slices) as s
    ),
    gone as (
        delete from learning.slice_rates as r
        where r.pattern_key = p_pattern_key
            and not exists (select from slices as s where s.scope_subset = r.scope_subset)
        returning 1
    ),
    written as (
        insert into learning.slice_rates as r (
            pattern_key, scope_subset, depth, acted_success, acted_failure, skipped_success,
            skipped_failure, n_policy, weight, n_sampled, n_valued, roi_nanos, success_weight
        )
        select s.pattern_key, s.scope_subset, s.depth, s.acted_success, s.acted_failure,
            s.skipped_success, s.skipped_failure, s.n_policy, s.weight, s.n_sampled, s.n_valued,
            s.roi_nanos, s.success_weight
        from slices as s
        left join learning.slice_rates as o
            on o.pattern_key = p_pattern_key and o.scope_subset = s.scope_subset
        where o is distinct from s
        on conflict (pattern_key, scope_subset) do update
        set acted_success = excluded.acted_success,
            acted_failure = excluded.acted_failure,
            skipped_success = excluded.skipped_success,
            skipped_failure = excluded.skipped_failure,
            n_policy = excluded.n_policy,
            weight = excluded.weight,
            n_sampled = excluded.n_sampled,
            n_valued = excluded.n_valued,
            roi_nanos = excluded.roi_nanos,
            success_weight = excluded.success_weight
        returning 1
    )
    select (select count(*) from gone) + (select count(*) from written) into v_changed;

    v_result := learning.write_lessons(
        p_pattern_key, v_n_min, p_as_of, p_run_id,
        not exists (
            select from learning.mined_patterns as m
            where m.pattern_key = p_pattern_key and m.configuration = v_configuration
        )
    );

    insert into learning.mined_patterns as m (pattern_key, as_of, due_at, configuration)
    select p_pattern_key, p_as_of, least(
        (
            select min(e.decided_at) + v_lookback
            from learning.pattern_episode_events as e
            where e.pattern_key = p_pattern_key
                and e.outcome in ('success', 'failure')
                and e.decided_at > p_as_of - v_lookback
        ),
        (
            select min(e.decided_at)
            from learning.pattern_episode_events as e
            where e.pattern_key = p_pattern_key
                and e.outcome in ('success', 'failure')
                and e.decided_at > p_as_of
        )
    ), v_configuration
    on conflict (pattern_key) do update
    set as_of = excluded.as_of, due_at = excluded.due_at, configuration = excluded.configuration;

    v_result := v_result || jsonb_build_object(
        'events', v_events,
        'slices', coalesce(cardinality(v_slices), 0),
        'slices_changed', v_changed
    );
    perform learning.log(
        'INFO', 'TuningMiner done',
        jsonb_build_object('pattern_key', p_pattern_key) || v_result, p_run_id
    );
    return v_result;
end
$$;
comment on function learning.mine_pattern(text, timestamptz, bigint) is
    'Mines a pattern: its slice rates and lessons as of a moment; returns counts of what it did.';

-- Mines one pattern as of a moment: experiments of the last lookback_days to slice_rates and on to
-- lessons; touches only what changed. The changes since the last mining are merged into the stored
-- slices; all are found anew where settings, lookback or many of the experiments changed, the clock
-- went back, or a slice that is not stored may qualify by now. Tables that grew are analyzed before
-- and after. Returns {"events", "slices", "slices_changed", "lessons", "lessons_changed",
-- "retired"}; slices under n_min are not told.
-- Long, for it is one story: every step reads or moves the state of the pattern (v_state).
create or replace function learning.mine_pattern(
    p_pattern_key text, p_as_of timestamptz, p_run_id bigint
)
returns jsonb
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set timezone = 'UTC'
as $$
declare
    v_n_min integer := learning.setting(p_pattern_key, 'n_min')::integer;
    v_days integer := learning.setting(p_pattern_key, 'lookback_days')::integer;
    v_lookback interval := make_interval(days => v_days);
    v_configuration text := learning.mining_configuration(p_pattern_key);
    v_limits record;
    v_state learning.mined_patterns;
    v_gone learning.mining_contributions[];
    v_came learning.mining_contributions[];
    v_changes bigint;
    v_is_new_base boolean;
    v_keeps boolean;
    v_result jsonb;
    v_started timestamptz := clock_timestamp();
begin
    select m.* into v_limits from learning.mining_limits() as m;
    insert into learning.mined_patterns (pattern_key, as_of, configuration)
    values (p_pattern_key, p_as_of, '')
    on conflict do nothing;
    select m.* into v_state
    from learning.mined_patterns as m where m.pattern_key = p_pattern_key
    for update;
    perform learning.analyze_grown('{pattern_episode_events}');
    v_state.mining := v_state.mining + 1;
    v_keeps := v_state.base_floor is not null
        and v_state.lookback_days = v_days
        and v_state.as_of <= p_as_of;
    if v_keeps then
        select t.gone, t.came into v_gone, v_came
        from learning.take_up_changes(
            p_pattern_key, p_as_of - v_lookback, p_as_of, v_state.as_of, v_state.mining
        ) as t;
        v_changes := coalesce(cardinality(v_gone), 0) + coalesce(cardinality(v_came), 0);
        v_keeps := v_changes <= greatest(
                v_state.n_experiments / v_limits.changed_part, v_limits.few_changes
            )
            and learning.merging_pays(p_pattern_key, v_changes);
        v_state.n_experiments := v_state.n_experiments
            + coalesce(cardinality(v_came), 0) - coalesce(cardinality(v_gone), 0);
        -- What got another scope or quadrant is new where it counts now; another weight is not.
        v_state.n_new := v_state.n_new + (
            select count(*)
            from (
                select c.experiment_id, c.scope, c.quadrant from unnest(v_came) as c
                except
                select g.experiment_id, g.scope, g.quadrant from unnest(v_gone) as g
            ) as n
        );
    else
        delete from learning.mining_dirty as d where d.pattern_key = p_pattern_key;
        delete from learning.mining_contributions as c where c.pattern_key = p_pattern_key;
        insert into learning.mining_contributions
        select c.*
        from learning.counted_experiments(
            p_pattern_key, p_as_of - v_lookback, p_as_of, null, v_state.mining
        ) as c;
        get diagnostics v_state.n_experiments = row_count;
    end if;
    perform learning.log('INFO', 'TuningMiner starting', jsonb_build_object(
        'pattern_key', p_pattern_key, 'events', v_state.n_experiments, 'lookback_days', v_days
    ), p_run_id);
    if v_keeps and v_changes > 0 then
        perform learning.merge_changes(p_pattern_key, v_gone, v_came, v_state.mining);
    end if;

    v_is_new_base := not v_keeps
        or v_state.configuration <> v_configuration
        or v_state.n_experiments = 0
        or v_state.n_new > v_n_min - v_state.base_floor and (
            v_state.n_experiments <= v_limits.many_experiments
            or v_state.n_new > v_state.n_experiments / v_limits.new_part
            or learning.has_new_slices(
                p_pattern_key, v_state.base_mining, v_state.base_floor, v_n_min
            )
        );
    if v_is_new_base then
        v_state.base_floor := ceil(
            v_n_min * case when v_state.n_experiments > v_limits.many_experiments
                then v_limits.many_stored else v_limits.few_stored end
        );
        v_state.base_mining := v_state.mining;
        v_state.n_new := 0;
        perform learning.rebuild_slices(
            p_pattern_key, v_state.base_floor, v_state.mining, v_keeps
        );
    end if;

    v_result := learning.write_lessons(
        p_pattern_key, v_n_min, p_as_of, p_run_id, v_state.mining, not v_keeps
    );
    if v_is_new_base then
        perform learning.analyze_grown('{lessons,mining_contributions,slice_rates}');
    end if;

    update learning.mined_patterns as m
    set as_of = p_as_of,
        due_at = least(
            (
                select min(c.decided_at) + v_lookback
                from learning.mining_contributions as c
                where c.pattern_key = p_pattern_key
            ),
            (
                select min(e.decided_at)
                from learning.pattern_episode_events as e
                where e.pattern_key = p_pattern_key
                    and e.outcome in ('success', 'failure')
                    and e.decided_at > p_as_of
            )
        ),
        configuration = v_configuration,
        mining = v_state.mining,
        base_mining = v_state.base_mining,
        base_floor = v_state.base_floor,
        lookback_days = v_days,
        n_experiments = v_state.n_experiments,
        n_new = v_state.n_new
    where m.pattern_key = p_pattern_key;

    select v_result || jsonb_build_object(
        'events', v_state.n_experiments,
        'slices', count(*),
        'slices_changed', count(*) filter (where r.mining = v_state.mining)
    )
    into v_result
    from learning.slice_rates as r
    where r.pattern_key = p_pattern_key and r.n >= v_n_min;
    perform learning.log(
        'INFO', 'TuningMiner done',
        jsonb_build_object('pattern_key', p_pattern_key) || v_result
            || jsonb_build_object('seconds', learning.seconds_since(v_started)),
        p_run_id
    );
    return v_result;
end
$$;
comment on function learning.mine_pattern(text, timestamptz, bigint) is
    'Mines a pattern: its slice rates and lessons as of a moment; returns counts of what it did.';

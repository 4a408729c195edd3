-- The iceberg cube: every slice of the pattern's contributions (those counted first after mining
-- p_since; null: all) with at least p_floor experiments and at most p_max_dims conditions (null:
-- any number), of coded values. Events become rows of binary digits (experiments_statement), these
-- become bit strings, one per digit, anew below each leading condition, so that they stay short
-- (slice_leads, gather_statement); slices are found by AND (deeper_slices) and counted by
-- bit_count (count_statement). docs/mining.md has an example.
create or replace function learning.find_slices(
    p_pattern_key text, p_floor integer, p_max_dims integer, p_since bigint
)
returns setof learning.slice_counts
language plpgsql volatile
-- Bit strings are summed up in the order of the experiments: groups are hashed, never sorted.
set search_path = pg_catalog, pg_temp
set enable_hashagg = on set enable_sort = off
set enable_nestloop = off set enable_mergejoin = off
set max_parallel_workers_per_gather = 0 set work_mem = '64MB'
as $$
declare
    v_n bigint;
    v_n_experiments bigint;
    v_weights bigint[];
    v_weight_digits integer[] := '{}';
    v_gather text;
    v_count text;
    v_parts learning.slice_part[];
begin
    select sum(w.n), coalesce(sum(w.n) filter (where w.is_experiment), 0),
        array_agg(w.weight order by w.weight) filter (where w.is_experiment)
    into v_n, v_n_experiments, v_weights
    from (
        select c.weight, c.quadrant <> 'policy' as is_experiment, count(*) as n
        from learning.mining_contributions as c
        where c.pattern_key = p_pattern_key and (p_since is null or c.mining > p_since)
        group by c.weight, c.quadrant <> 'policy'
    ) as w;
    if v_n_experiments < greatest(p_floor, 1) then
        return;
    end if;
    if cardinality(v_weights) > (select m.most_weights from learning.mining_limits() as m) then
        v_weight_digits := array(
            select b from generate_series(0, 32) as b
            where exists (select from unnest(v_weights) as w where w >> b & 1 = 1)
        );
        v_weights := '{0}';
    end if;

    execute learning.experiments_statement(p_pattern_key, p_since, v_weights, v_weight_digits);
    v_count := learning.count_statement(v_weights, v_weight_digits);
    for v_gather in
        select string_agg(
            learning.gather_statement(
                p_pattern_key, l.turns, l.last, 2 * cardinality(v_weights) + 1,
                cardinality(v_weight_digits), p_floor
            ),
            ' union all '
        )
        from learning.slice_leads(
            v_n, (select count(*)::integer from learning.mined_dimensions(p_pattern_key)),
            p_max_dims
        ) as l
        group by l.step
    loop
        execute format(
            'select array(select p::learning.slice_part from (%s) as p)', v_gather
        ) into v_parts;
        return query execute v_count using p_pattern_key, v_parts, p_floor, p_max_dims;
    end loop;
    drop table pg_temp.slice_experiments;
end
$$;
comment on function learning.find_slices(text, integer, integer, bigint) is
    'The iceberg cube of a pattern''s contributions: every slice with at least p_floor experiments.';

-- The iceberg cube: every slice of the pattern's contributions (those counted first after mining
-- p_since; null: all) with at least p_floor experiments and at most p_max_dims conditions (null:
-- any number), of coded values. Events become bit strings, one per condition; slices are found by
-- AND and bit_count. The bit strings are made anew of the events of each leading condition (of two
-- where events are many), so they stay short.
create or replace function learning.find_slices(
    p_pattern_key text, p_floor integer, p_max_dims integer, p_since bigint
)
returns table (
    slice_key text, acted_success integer, acted_failure integer, skipped_success integer,
    skipped_failure integer, n_policy integer, weight bigint, success_weight bigint,
    n_sampled integer, n_valued integer
)
language plpgsql volatile
-- Bit strings are summed up in the order of the events: groups are hashed, never sorted.
set search_path = pg_catalog, pg_temp
set enable_hashagg = on set enable_sort = off
set enable_nestloop = off set enable_mergejoin = off set jit = off
set max_parallel_workers_per_gather = 0 set work_mem = '64MB'
as $$
declare
    v_dims jsonb;
    v_n bigint;
    v_n_experiments bigint;
    v_weights bigint[];
    v_digits integer[] := '{}';
    v_some text[];
    v_all text[];
    v_events text;
    v_is_many boolean;
    v_leads record;
begin
    select coalesce(jsonb_agg(to_jsonb(d)), '[]') into v_dims
    from learning.mined_dimensions(p_pattern_key) as d;
    with events as materialized (
        select c.quadrant <> 'policy' as is_experiment, c.weight,
            c.quadrant in ('acted_success', 'acted_failure') as acted, c.has_samples as sampled,
            c.roi is not null as valued
        from learning.mining_contributions as c
        where c.pattern_key = p_pattern_key and (p_since is null or c.mining > p_since)
    ),
    measures as (
        select m.name, m.n
        from (
            select count(*) filter (where e.acted) as acted,
                count(*) filter (where e.sampled) as sampled,
                count(*) filter (where e.valued) as valued
            from events as e
        ) as n
        cross join lateral (
            values ('acted', n.acted), ('sampled', n.sampled), ('valued', n.valued)
        ) as m (name, n)
    )
    select n.events, n.experiments,
        array(select e.weight from events as e where e.is_experiment group by e.weight),
        array(select m.name from measures as m where m.n > 0 and m.n < n.events),
        array(select m.name from measures as m where m.n = n.events)
    into v_n, v_n_experiments, v_weights, v_some, v_all
    from (
        select count(*) as events, count(*) filter (where e.is_experiment) as experiments
        from events as e
    ) as n;
    if v_n_experiments < greatest(p_floor, 1) then
        return;
    end if;

    -- Many weights are no classes of their own: their binary digits are measures.
    if cardinality(v_weights) > 33 then
        v_digits := array(
            select b from generate_series(0, 32) as b
            where exists (select from unnest(v_weights) as w where w >> b & 1 = 1)
        );
        v_some := v_some || array(select 'w' || b from unnest(v_digits) as b);
        v_weights := '{0}';
    end if;

    -- Scopes to values, values to codes, codes to binary digits, in the order of the classes.
    select format(
            $sql$
                select c.class, '1'::text as one%1$s%2$s
                from (
                    select v.acted, v.sampled, v.valued%9$s,
                        case when v.quadrant = 'policy' then 2 * %3$s + 1
                            else coalesce(array_position(%4$L::bigint[], v.weight), 1)
                                + case when v.is_success then 0 else %3$s end
                        end as class%5$s
                    from (
                        select c.quadrant, c.weight, c.has_samples as sampled,
                            c.roi is not null as valued,
                            c.quadrant in ('acted_success', 'acted_failure') as acted,
                            c.quadrant in ('acted_success', 'skipped_success') as is_success%6$s
                        from learning.mining_contributions as c
                        where c.pattern_key = %7$L%8$s
                        offset 0
                    ) as v
                    order by class
                ) as c
            $sql$,
            (
                select string_agg(
                    format(', case when c.%1$s then ''1'' else ''0'' end as m_%1$s', m), ''
                )
                from unnest(v_some) as m
            ),
            string_agg(format(', c.c%s', d.turn) || (
                select string_agg(format(
                    ', case when c.c%1$s >> %2$s & 1 = 1 then ''1'' else ''0'' end as p%1$s_%2$s',
                    d.turn, b
                ), '')
                from generate_series(0, d.bits - 1) as b
            ), ''),
            cardinality(v_weights), v_weights,
            string_agg(format(
                ', coalesce((%L::jsonb ->> v.v%2$s)::integer, 0) as c%2$s',
                d.code_of, d.turn
            ), ''),
            string_agg(format(', c.scope ->> %L as v%s', d.name, d.turn), ''),
            p_pattern_key, ' and c.mining > ' || p_since,
            (
                select string_agg(format(
                    ', v.quadrant <> ''policy'' and v.weight >> %1$s & 1 = 1 as w%1$s', b
                ), '')
                from unnest(v_digits) as b
            )
        )
    into v_events
    from jsonb_to_recordset(v_dims)
        as d (name text, turn integer, bits integer, code_of jsonb, items text);
    -- Beyond some thousand events they are encoded once, not in every statement.
    v_is_many := v_n > 4000;
    if v_is_many then
        execute 'create temporary table slice_events on commit drop as ' || v_events;
        v_events := 'table pg_temp.slice_events';
    end if;
    for v_leads in
        select l.*
        from learning.slice_leads(v_n, jsonb_array_length(v_dims), p_max_dims, v_is_many) as l
    loop
        return query execute learning.slice_statement(
            v_events, not v_is_many, v_dims, v_weights, v_some, v_all, v_leads.leads,
            v_leads.expands, p_floor, p_max_dims
        );
    end loop;
    if v_is_many then
        drop table pg_temp.slice_events;
    end if;
end
$$;
comment on function learning.find_slices(text, integer, integer, bigint) is
    'The iceberg cube of a pattern''s contributions: every slice with at least p_floor experiments.';

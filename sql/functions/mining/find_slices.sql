-- The iceberg cube: every slice of the pattern's contributions (those counted first after mining
-- p_since; null: all) with at least p_floor experiments and at most p_max_dims conditions (null:
-- any number), of coded values. Events become bit strings, one per condition; slices are found by
-- AND and bit_count. The bit strings are made anew of the events of each leading condition (of two
-- where events are many), so they stay short. A dimension with one value for all takes no part in
-- the search: its slices are copies of others.
create or replace function learning.find_slices(
    p_pattern_key text, p_floor integer, p_max_dims integer, p_since bigint
)
returns table (
    slice_key text, scope_subset jsonb, depth integer, n bigint, acted_success bigint,
    acted_failure bigint, skipped_success bigint, skipped_failure bigint, n_policy bigint,
    weight bigint, success_weight bigint, n_sampled bigint, n_valued bigint
)
language plpgsql volatile
set search_path = '' set enable_nestloop = off set enable_mergejoin = off set jit = off
set max_parallel_workers_per_gather = 0 set work_mem = '64MB'
as $$
declare
    v_width integer := (
        select coalesce(max(k.place), 0)
        from learning.mining_codes as k where k.pattern_key = p_pattern_key
    );
    v_n bigint;
    v_is_many boolean;
    v_dims jsonb;
    v_codes text;
    v_totals jsonb;
    v_predicates text[];
    v_formulas jsonb;
    v_copies record;
    v_search jsonb;
    v_events text;
    v_leads record;
begin
    select coalesce(jsonb_agg(d), '[]'), format(
            'select c.quadrant, c.weight, c.has_samples, c.roi is not null as has_value%s'
                || ' from learning.mining_contributions as c where c.pattern_key = %L%s offset 0',
            string_agg(format(
                ', coalesce((%L::jsonb ->> (c.scope -> %L)::text)::integer, 0) as c%s',
                d.code_of, d.name, d.place
            ), ''),
            p_pattern_key, ' and c.mining > ' || p_since
        )
    into v_dims, v_codes
    from learning.mined_dimensions(p_pattern_key) as d;
    select count(*) into v_n
    from learning.mining_contributions as c
    where c.pattern_key = p_pattern_key and (p_since is null or c.mining > p_since);
    if v_n < p_floor then
        return;
    end if;
    -- Beyond some thousand events they are encoded once, not in every statement.
    v_is_many := v_n > 4000;
    if v_is_many then
        drop table if exists pg_temp.slice_codes, pg_temp.slice_events;
        execute 'create temporary table slice_codes on commit drop as ' || v_codes;
        v_codes := 'table pg_temp.slice_codes';
    end if;

    execute format(
        $sql$
            with codes as materialized (%s),
            counts as (
                select count(*) filter (where c.quadrant = 'acted_success') as acted_success,
                    count(*) filter (where c.quadrant = 'acted_failure') as acted_failure,
                    count(*) filter (where c.quadrant = 'skipped_success') as skipped_success,
                    count(*) filter (where c.quadrant = 'skipped_failure') as skipped_failure,
                    count(*) filter (where c.quadrant = 'policy') as n_policy,
                    count(*) filter (where c.has_samples) as n_sampled,
                    count(*) filter (where c.has_value) as n_valued %s
                from codes as c
            )
            select to_jsonb(c) || jsonb_build_object('weights', (
                select coalesce(jsonb_agg(w.weight order by w.n desc, w.weight), '[1]')
                from (
                    select w.weight, count(*) as n
                    from codes as w where w.quadrant <> 'policy' group by w.weight
                ) as w
            ))
            from counts as c
        $sql$,
        v_codes,
        (
            select string_agg(format(
                ', case when min(c.c%1$s) = max(c.c%1$s) then max(c.c%1$s) end as c%1$s',
                d ->> 'place'
            ), '')
            from jsonb_array_elements(v_dims) as d
        )
    ) into v_totals;
    select m.predicates, m.formulas into v_predicates, v_formulas
    from learning.slice_measures(v_totals, v_n) as m;

    -- A dimension with one value: its condition joins every slice there is, again.
    with recursive constants as (
        select (d ->> 'place')::integer as place, chr(48 + o.code) as digit,
            d -> 'item_of' -> o.code::text as item
        from jsonb_array_elements(v_dims) as d
        cross join lateral (select (v_totals ->> ('c' || (d ->> 'place')))::integer as code) as o
        where o.code > 0
    ),
    copies as (
        select repeat('0', v_width) as key, '{}'::jsonb as scope, 0 as size, 0 as place
        union all
        select overlay(c.key placing k.digit from k.place), c.scope || k.item, c.size + 1, k.place
        from copies as c
        join constants as k on k.place > c.place
        where p_max_dims is null or c.size < p_max_dims
    )
    select array_agg(c.key) as keys, array_agg(c.scope) as scopes, array_agg(c.size) as sizes, (
            select repeat('overlay(', count(*)::integer) || 'b.key' || coalesce(string_agg(
                format(' placing substr(x.key, %1$s, 1) from %1$s)', k.place), ''
            ), '')
            from constants as k
        ) as key
    into v_copies
    from copies as c;

    -- The others are searched, those with many values first.
    select coalesce(jsonb_agg(d order by o.n desc, o.place), '[]') into v_search
    from jsonb_array_elements(v_dims) as d
    cross join lateral (
        select count(*) as n, (d ->> 'place')::integer as place
        from jsonb_object_keys(d -> 'code_of')
    ) as o
    where v_totals -> ('c' || o.place) = 'null';
    select format(
            'select ''1''::text as one%s from (%s) as c',
            string_agg(', ' || e.what || ' as ' || e.name, ''), v_codes
        )
    into v_events
    from (
        select format('case when %s then ''1'' else ''0'' end', m.predicate) as what,
            'm' || m.place as name
        from unnest(v_predicates) with ordinality as m (predicate, place)
        union all
        select format('case when c.c%s >> %s & 1 = 1 then ''1'' else ''0'' end', d ->> 'place', b),
            format('p%s_%s', d ->> 'place', b)
        from jsonb_array_elements(v_search) as d
        cross join lateral generate_series(0, (d ->> 'bits')::integer - 1) as b
        union all
        select 'c.c' || (d ->> 'place'), 'c' || (d ->> 'place')
        from jsonb_array_elements(v_search) as d
    ) as e;
    if v_is_many then
        execute 'create temporary table slice_events on commit drop as ' || v_events;
        v_events := 'table pg_temp.slice_events';
    end if;

    for v_leads in
        select l.*
        from learning.slice_leads(v_n, jsonb_array_length(v_search), p_max_dims, v_is_many) as l
    loop
        return query execute format(
            $sql$
                select rtrim(%1$s, '0'), b.scope || x.scope, b.depth + x.size, b.experiments,
                    b.acted_success, b.acted_failure, b.skipped_success, b.skipped_failure,
                    b.n_policy, %2$s * b.experiments + b.other_weight,
                    %2$s * (b.acted_success + b.skipped_success) + b.other_success_weight,
                    b.n_sampled, b.n_valued
                from (
                    select b.*, b.n - b.n_policy as experiments
                    from (
                        select b.key, b.scope, b.depth, b.n, %3$s
                        from (%4$s) as b
                    ) as b
                ) as b
                join unnest($1, $2, $3) as x (key, scope, size)
                    on %5$L::integer is null or b.depth + x.size <= %5$L::integer
                where b.experiments >= %6$s
            $sql$,
            v_copies.key, v_formulas ->> 'usual_weight',
            (
                select string_agg(
                    coalesce(v_formulas ->> c.name, '0::bigint') || ' as ' || c.name, ', '
                )
                from unnest(array[
                    'acted_success', 'acted_failure', 'skipped_success', 'skipped_failure',
                    'n_policy', 'n_sampled', 'n_valued', 'other_weight', 'other_success_weight'
                ]) as c (name)
            ),
            learning.slice_statement(
                v_events, v_search, v_width, cardinality(v_predicates), v_leads.leads,
                v_leads.expands, p_floor, p_max_dims
            ),
            p_max_dims, p_floor
        ) using v_copies.keys, v_copies.scopes, v_copies.sizes;
    end loop;
    if v_is_many then
        drop table pg_temp.slice_codes, pg_temp.slice_events;
    end if;
end
$$;
comment on function learning.find_slices(text, integer, integer, bigint) is
    'The iceberg cube of a pattern''s contributions: every slice with at least p_floor experiments.';

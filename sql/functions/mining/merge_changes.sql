-- Adds what came to the stored slices of a pattern and takes away what left: a signed cube of these
-- contributions alone, rolled up some dimensions at a time. What changed but counts the same marks
-- its slices too. Returns how many stored slices changed.
create or replace function learning.merge_changes(
    p_pattern_key text, p_gone learning.mining_contributions[],
    p_came learning.mining_contributions[], p_mining bigint
)
returns bigint
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set enable_nestloop = on set enable_mergejoin = off set jit = off
set work_mem = '64MB'
as $$
declare
    -- Whole numbers below 2^53 are exact in double precision, and summed without allocations.
    c_sums constant text := (
        select string_agg(format('sum(%1$s) as %1$s', c), ', ')
        from unnest(array[
            'acted_success', 'acted_failure', 'skipped_success', 'skipped_failure', 'n_policy',
            'weight', 'success_weight', 'n_sampled', 'n_valued'
        ]) as c
    );
    v_max_dims integer := learning.max_dims(p_pattern_key);
    v_items text;
    v_steps text;
    v_dims integer;
    v_at_once integer;  -- dimensions a step takes: all subsets of their items are made of each row
    v_last integer;
    v_changed bigint;
begin
    if coalesce(cardinality(p_gone), 0) + coalesce(cardinality(p_came), 0) > 100 then
        set local enable_nestloop = off;
    end if;
    -- The items of a contribution, a character per dimension, 0 for none.
    select
        string_agg(
            format(
                'coalesce(%L::jsonb ->> learning.value_name(c.scope -> %L), ''0'')',
                d.item_of, d.name
            ),
            ' || ' order by d.turn
        ),
        count(*)
    into v_items, v_dims
    from learning.mined_dimensions(p_pattern_key) as d;
    -- Deep slices are summed up step by step, shallow ones of many dimensions are few at a time.
    v_max_dims := case when v_max_dims < v_dims then v_max_dims end;
    v_at_once := case when v_max_dims <= 4 then 14 else 4 end;
    v_last := ceil(v_dims / v_at_once::numeric);
    -- A step chooses among the first items left: key has the chosen, rest the others. Whatever
    -- an item that is missing is part of is null.
    select string_agg(
        format(
            $sql$,
                s%1$s as (
                    select s.key || c.items as key, %9$s as rest, %3$s
                    from (
                        select s.*, substr(s.rest, %4$s) as rest_after%5$s from s%2$s as s
                    ) as s
                    cross join lateral unnest(%6$s) as c (items)
                    where c.items is not null%7$s
                    group by %8$s
                )
            $sql$,
            t.step, t.step - 1, c_sums, v_at_once + 1,
            (
                select string_agg(
                    format(', nullif(substr(s.rest, %1$s, 1), ''0'') as i%1$s', i), ''
                )
                from generate_series(1, t.dims) as i
            ),
            case when v_max_dims is null then learning.item_subsets(t.dims, null)
                else (
                    select format('case length(s.key) %s end', string_agg(
                        format('when %s then %s', taken,
                            learning.item_subsets(t.dims, v_max_dims - taken)),
                        ' '
                    ))
                    from generate_series(0, least(v_max_dims, v_at_once * (t.step - 1))) as taken
                )
            end,
            -- What is chosen so far is a slice, or no slice below it is stored.
            case when v_at_once = 4 and t.step % 2 = 1 and t.step > 1 then format(
                $sql$
                    and s.key in (
                        select r.slice_key
                        from learning.slice_rates as r
                        where r.pattern_key = $1 and length(r.slice_key) <= %s
                    )
                $sql$,
                v_at_once * (t.step - 1)
            ) end,
            case when t.step = v_last then '1' else '1, s.rest_after' end,
            case when t.step = v_last then 'null' else 's.rest_after' end
        ),
        '' order by t.step
    )
    into v_steps
    from (
        select step, least(v_at_once, v_dims - v_at_once * (step - 1)) as dims
        from generate_series(1, v_last) as step
    ) as t;

    execute format(
        $sql$
            with s0 as (
                select '' as key, %1$s as rest,
                    sum(c.sign) filter (where c.quadrant = 'acted_success') as acted_success,
                    sum(c.sign) filter (where c.quadrant = 'acted_failure') as acted_failure,
                    sum(c.sign) filter (where c.quadrant = 'skipped_success') as skipped_success,
                    sum(c.sign) filter (where c.quadrant = 'skipped_failure') as skipped_failure,
                    sum(c.sign) filter (where c.quadrant = 'policy') as n_policy,
                    sum(c.sign * c.weight) filter (where c.quadrant <> 'policy') as weight,
                    sum(c.sign * c.weight) filter (
                        where c.quadrant in ('acted_success', 'skipped_success')
                    ) as success_weight,
                    sum(c.sign) filter (where c.has_samples) as n_sampled,
                    sum(c.sign) filter (where c.roi is not null) as n_valued
                from (
                    select -1::double precision as sign, g.* from unnest($2) as g
                    union all
                    select 1, a.* from unnest($3) as a
                ) as c
                group by 2
            )%2$s
            update learning.slice_rates as r
            set acted_success = r.acted_success + coalesce(d.acted_success, 0),
                acted_failure = r.acted_failure + coalesce(d.acted_failure, 0),
                skipped_success = r.skipped_success + coalesce(d.skipped_success, 0),
                skipped_failure = r.skipped_failure + coalesce(d.skipped_failure, 0),
                n_policy = r.n_policy + coalesce(d.n_policy, 0),
                weight = r.weight + coalesce(d.weight, 0)::bigint,
                success_weight = r.success_weight + coalesce(d.success_weight, 0)::bigint,
                n_sampled = r.n_sampled + coalesce(d.n_sampled, 0),
                n_valued = r.n_valued + coalesce(d.n_valued, 0),
                evidence = $4
            from s%3$s as d
            where r.pattern_key = $1 and r.slice_key = d.key
        $sql$,
        coalesce(v_items, ''''''), v_steps, v_last
    ) using p_pattern_key, p_gone, p_came, p_mining;
    get diagnostics v_changed = row_count;
    return v_changed;
end
$$;
comment on function learning.merge_changes(
    text, learning.mining_contributions[], learning.mining_contributions[], bigint
) is 'Merges contributions that left and came into the stored slices; returns how many changed.';

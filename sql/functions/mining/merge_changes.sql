-- Adds what came to the stored slices of a pattern and takes away what left: a signed cube of these
-- contributions alone, rolled up one dimension at a time. What changed but counts the same marks
-- its slices too. Returns how many slices of p_n_min experiments or more, before or after, changed.
create or replace function learning.merge_changes(
    p_pattern_key text, p_gone learning.mining_contributions[],
    p_came learning.mining_contributions[], p_n_min integer, p_mining bigint
)
returns bigint
language plpgsql volatile
set search_path = '' set enable_nestloop = on set enable_mergejoin = off set jit = off
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
    v_steps text;
    v_codes text;
    v_last integer;
    v_changed bigint;
begin
    if coalesce(cardinality(p_gone), 0) + coalesce(cardinality(p_came), 0) > 100 then
        set local enable_nestloop = off;
    end if;
    with dims as (
        select d.*, d.turn > 3 and d.turn % 3 = 0 as prunes
        from (
            select w as place, d.name, d.code_of, count(d.name) over (order by w) as turn
            from generate_series(1, (
                select coalesce(max(k.place), 0)
                from learning.mining_codes as k where k.pattern_key = p_pattern_key
            )) as w
            left join learning.mined_dimensions(p_pattern_key) as d on d.place = w
        ) as d
    )
    select
        string_agg(coalesce(
            format('chr(48 + coalesce((%L::jsonb ->> (c.scope -> %L)::text)::integer, 0))',
                d.code_of, d.name),
            '''0'''), ' || ' order by d.place),
        string_agg(format(
            $sql$,
                %5$s%1$s as (
                    select * from s%2$s where substr(key, %3$s, 1) <> '0'%6$s
                    union all
                    select overlay(key placing '0' from %3$s) as key, %4$s from s%2$s group by 1
                )
            $sql$,
            d.turn, d.turn - 1, d.place, c_sums, case when d.prunes then 'r' else 's' end,
            format(
                ' and length(replace(left(key, %s), ''0'', '''')) <= ' || v_max_dims, d.place
            )
        ) || case when d.prunes then format(
            -- What is rolled up so far is a slice, or no slice below it is stored.
            $sql$,
                s%1$s as (
                    select * from r%1$s where rtrim(left(key, %2$s), '0') in (
                        select r.slice_key
                        from learning.slice_rates as r
                        where r.pattern_key = $1 and length(r.slice_key) <= %2$s
                    )
                )
            $sql$,
            d.turn, d.place
        ) else '' end, '' order by d.place) filter (where d.name is not null),
        max(d.turn)
    into v_codes, v_steps, v_last
    from dims as d;

    execute format(
        $sql$
            with s0 as (
                select %1$s as key,
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
                group by 1
            )
            %2$s,
            deltas as materialized (
                select rtrim(s.key, '0') as slice_key,
                    coalesce(s.acted_success, 0)::bigint as acted_success,
                    coalesce(s.acted_failure, 0)::bigint as acted_failure,
                    coalesce(s.skipped_success, 0)::bigint as skipped_success,
                    coalesce(s.skipped_failure, 0)::bigint as skipped_failure,
                    coalesce(s.n_policy, 0)::bigint as n_policy,
                    coalesce(s.weight, 0)::bigint as weight,
                    coalesce(s.success_weight, 0)::bigint as success_weight,
                    coalesce(s.n_sampled, 0)::bigint as n_sampled,
                    coalesce(s.n_valued, 0)::bigint as n_valued
                from s%3$s as s
            ),
            merged as (
                update learning.slice_rates as r
                set acted_success = r.acted_success + d.acted_success,
                    acted_failure = r.acted_failure + d.acted_failure,
                    skipped_success = r.skipped_success + d.skipped_success,
                    skipped_failure = r.skipped_failure + d.skipped_failure,
                    n_policy = r.n_policy + d.n_policy,
                    weight = r.weight + d.weight,
                    success_weight = r.success_weight + d.success_weight,
                    n_sampled = r.n_sampled + d.n_sampled,
                    n_valued = r.n_valued + d.n_valued,
                    evidence = $5
                from deltas as d
                where r.pattern_key = $1 and r.slice_key = d.slice_key
                returning r.n, d.acted_success + d.acted_failure + d.skipped_success
                    + d.skipped_failure as more
            )
            select count(*) from merged as m where m.n >= $4 or m.n - m.more >= $4
        $sql$,
        coalesce(v_codes, ''''''), v_steps, coalesce(v_last, 0)
    ) into v_changed using p_pattern_key, p_gone, p_came, p_n_min, p_mining;
    return v_changed;
end
$$;
comment on function learning.merge_changes(
    text, learning.mining_contributions[], learning.mining_contributions[], integer, bigint
) is 'Merges contributions that left and came into the stored slices; returns how many changed.';

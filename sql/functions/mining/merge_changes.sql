-- Adds what came to the stored slices of a pattern and takes away what left: a signed cube of these
-- contributions alone, rolled up one dimension at a time. What changed but counts the same marks
-- its slices too. Returns how many slices of at least p_n_min experiments, before or after, changed.
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
    c_sums constant text := 'sum(acted_success)::bigint as acted_success, '
        || 'sum(acted_failure)::bigint as acted_failure, '
        || 'sum(skipped_success)::bigint as skipped_success, '
        || 'sum(skipped_failure)::bigint as skipped_failure, '
        || 'sum(n_policy)::bigint as n_policy, sum(weight)::bigint as weight, '
        || 'sum(success_weight)::bigint as success_weight, '
        || 'sum(n_sampled)::bigint as n_sampled, sum(n_valued)::bigint as n_valued';
    v_steps text;
    v_codes text;
    v_last integer;
    v_changed bigint;
begin
    if coalesce(cardinality(p_gone), 0) + coalesce(cardinality(p_came), 0) > 100 then
        set local enable_nestloop = off;
    end if;
    with dims as (
        select w as place, d.name, d.code_of, count(d.name) over (order by w) as turn
        from generate_series(1, (
            select coalesce(max(k.place), 0)
            from learning.mining_codes as k where k.pattern_key = p_pattern_key
        )) as w
        left join learning.mined_dimensions(p_pattern_key) as d on d.place = w
    )
    select
        string_agg(coalesce(
            format('chr(48 + coalesce((%L::jsonb ->> (c.scope -> %L)::text)::integer, 0))',
                d.code_of, d.name),
            '''0'''), ' || ' order by d.place),
        string_agg(format(
            $sql$,
                s%1$s as (
                    select * from s%2$s where substr(key, %3$s, 1) <> '0'
                    union all
                    select overlay(key placing '0' from %3$s) as key, %4$s from s%2$s group by 1
                )
            $sql$,
            d.turn, d.turn - 1, d.place, c_sums
        ), '' order by d.place) filter (where d.name is not null),
        max(d.turn)
    into v_codes, v_steps, v_last
    from dims as d;

    execute format(
        $sql$
            with s0 as (
                select %1$s as key,
                    sum(c.sign * (c.quadrant = 'acted_success')::integer) as acted_success,
                    sum(c.sign * (c.quadrant = 'acted_failure')::integer) as acted_failure,
                    sum(c.sign * (c.quadrant = 'skipped_success')::integer) as skipped_success,
                    sum(c.sign * (c.quadrant = 'skipped_failure')::integer) as skipped_failure,
                    sum(c.sign * (c.quadrant = 'policy')::integer) as n_policy,
                    sum(case when c.quadrant <> 'policy' then c.sign * c.weight else 0 end)
                        as weight,
                    sum(case when c.quadrant in ('acted_success', 'skipped_success')
                        then c.sign * c.weight else 0 end) as success_weight,
                    sum(c.sign * c.has_samples::integer) as n_sampled,
                    sum(c.sign * (c.roi is not null)::integer) as n_valued
                from (
                    select -1 as sign, g.* from unnest($2) as g
                    union all
                    select 1, a.* from unnest($3) as a
                ) as c
                group by 1
            )
            %2$s,
            deltas as materialized (
                select rtrim(s.key, '0') as slice_key, s.* from s%3$s as s
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

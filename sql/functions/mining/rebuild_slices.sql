-- Finds every slice of a pattern anew and stores those of at least p_floor experiments. A stored
-- slice that counts the same keeps its evidence. Returns how many slices of at least p_n_min
-- experiments, before or after, changed. (A naive stand-in.)
create or replace function learning.rebuild_slices(
    p_pattern_key text, p_floor integer, p_n_min integer, p_mining bigint, p_keeps boolean
)
returns bigint
language plpgsql volatile
set search_path = '' set enable_nestloop = off set jit = off set work_mem = '256MB'
as $$
declare
    v_changed bigint;
begin
    perform learning.code_values(p_pattern_key, p_floor);
    with cells as materialized (
        select coalesce(string_agg(k.item, '' order by k.place), '') as key, c.quadrant, c.weight,
            c.has_samples, c.roi
        from learning.mining_contributions as c
        left join lateral jsonb_each(c.scope) as e (name, value) on true
        left join learning.mining_codes as k
            on k.pattern_key = p_pattern_key and k.name = e.name and k.value = e.value
            and exists (
                select from learning.scope_dimensions as d where d.name = k.name and d.enabled
            )
        where c.pattern_key = p_pattern_key
        group by c.attempt_id, c.event_id, c.quadrant, c.weight, c.has_samples, c.roi
    ),
    subsets as materialized (
        select d.key, coalesce(string_agg(substr(d.key, i, 1), '' order by i), '') as slice_key
        from (select distinct c.key from cells as c) as d
        cross join lateral generate_series(0, (1 << length(d.key)) - 1) as m (mask)
        left join lateral generate_series(1, length(d.key)) as i on m.mask & (1 << (i - 1)) <> 0
        group by d.key, m.mask
        having coalesce(count(i) <= learning.max_dims(p_pattern_key), true)
    ),
    found as materialized (
        select s.slice_key,
            count(*) filter (where c.quadrant = 'acted_success') as acted_success,
            count(*) filter (where c.quadrant = 'acted_failure') as acted_failure,
            count(*) filter (where c.quadrant = 'skipped_success') as skipped_success,
            count(*) filter (where c.quadrant = 'skipped_failure') as skipped_failure,
            count(*) filter (where c.quadrant = 'policy') as n_policy,
            sum(c.weight) filter (where c.quadrant <> 'policy')::bigint as weight,
            coalesce(sum(c.weight) filter (where c.quadrant like '%success'), 0)::bigint
                as success_weight,
            count(*) filter (where c.has_samples) as n_sampled,
            count(c.roi) as n_valued
        from cells as c
        join subsets as s on s.key = c.key
        group by s.slice_key
        having count(*) filter (where c.quadrant <> 'policy') >= p_floor
    ),
    gone as (
        delete from learning.slice_rates as r
        where r.pattern_key = p_pattern_key
            and not exists (select from found as f where f.slice_key = r.slice_key)
        returning r.n
    ),
    written as (
        insert into learning.slice_rates as r (
            pattern_key, slice_key, acted_success, acted_failure,
            skipped_success, skipped_failure, n_policy, weight, success_weight, n_sampled, n_valued,
            evidence
        )
        select p_pattern_key, f.slice_key, f.acted_success,
            f.acted_failure, f.skipped_success, f.skipped_failure, f.n_policy, f.weight,
            f.success_weight, f.n_sampled, f.n_valued, p_mining
        from found as f
        left join learning.slice_rates as o
            on o.pattern_key = p_pattern_key and o.slice_key = f.slice_key
        where (
            f.acted_success, f.acted_failure, f.skipped_success, f.skipped_failure, f.n_policy,
            f.weight, f.success_weight, f.n_sampled, f.n_valued
        ) is distinct from (
            o.acted_success, o.acted_failure, o.skipped_success, o.skipped_failure, o.n_policy,
            o.weight, o.success_weight, o.n_sampled, o.n_valued
        )
        on conflict (pattern_key, slice_key) do update
        set acted_success = excluded.acted_success,
            acted_failure = excluded.acted_failure,
            skipped_success = excluded.skipped_success,
            skipped_failure = excluded.skipped_failure,
            n_policy = excluded.n_policy,
            weight = excluded.weight,
            success_weight = excluded.success_weight,
            n_sampled = excluded.n_sampled,
            n_valued = excluded.n_valued,
            evidence = excluded.evidence
        returning r.n
    )
    select (select count(*) from gone as g where g.n >= p_n_min)
        + (select count(*) from written as w where w.n >= p_n_min)
    into v_changed;
    return v_changed;
end
$$;
comment on function learning.rebuild_slices(text, integer, integer, bigint, boolean) is
    'Stores every slice of a pattern with at least p_floor experiments; returns how many changed.';

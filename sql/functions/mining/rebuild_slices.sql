-- Finds every slice of a pattern anew and stores those of at least p_floor experiments. A stored
-- slice that counts the same keeps its evidence where p_keeps says that changes were merged before.
-- Returns how many slices of at least p_n_min experiments, before or after, changed.
create or replace function learning.rebuild_slices(
    p_pattern_key text, p_floor integer, p_n_min integer, p_mining bigint, p_keeps boolean
)
returns bigint
language plpgsql volatile
set search_path = '' set enable_nestloop = off set jit = off set work_mem = '64MB'
as $$
declare
    v_changed bigint;
begin
    perform learning.code_values(p_pattern_key, p_floor);
    with found as materialized (
        select f.*
        from learning.find_slices(
            p_pattern_key, p_floor, learning.max_dims(p_pattern_key), null
        ) as f
    ),
    gone as (
        delete from learning.slice_rates as r
        where r.pattern_key = p_pattern_key
            and not exists (select from found as f where f.slice_key = r.slice_key)
        returning r.n
    ),
    written as (
        insert into learning.slice_rates as r (
            pattern_key, slice_key, scope_subset, depth, acted_success, acted_failure,
            skipped_success, skipped_failure, n_policy, weight, success_weight, n_sampled, n_valued,
            evidence
        )
        select p_pattern_key, f.slice_key, f.scope_subset, f.depth, f.acted_success,
            f.acted_failure, f.skipped_success, f.skipped_failure, f.n_policy, f.weight,
            f.success_weight, f.n_sampled, f.n_valued, p_mining
        from found as f
        left join learning.slice_rates as o
            on o.pattern_key = p_pattern_key and o.slice_key = f.slice_key
        where not p_keeps or (
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

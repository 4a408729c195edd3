-- Finds every slice of a pattern anew and stores those of at least p_floor experiments. p_keeps:
-- what is stored was merged up to now, so a slice that counts the same keeps its mining and keys
-- keep their meaning; else all is stored as new. A lesson whose slice goes is given the stats it
-- had. Returns how many slices it stored or changed.
create or replace function learning.rebuild_slices(
    p_pattern_key text, p_floor integer, p_mining bigint, p_keeps boolean
)
returns bigint
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set enable_nestloop = off set work_mem = '64MB'
as $$
declare
    v_max_dims integer := learning.max_dims(p_pattern_key);
    v_changed bigint;
begin
    perform learning.code_values(p_pattern_key, p_floor, not p_keeps);
    if not p_keeps then
        delete from learning.slice_rates as r where r.pattern_key = p_pattern_key;
        insert into learning.slice_rates (
            pattern_key, slice_key, acted_success, acted_failure, skipped_success, skipped_failure,
            n_policy, weight, success_weight, n_sampled, n_valued, mining
        )
        select p_pattern_key, f.*, p_mining
        from learning.find_slices(p_pattern_key, p_floor, v_max_dims, null) as f;
        get diagnostics v_changed = row_count;
        return v_changed;
    end if;

    with found as materialized (
        select f.* from learning.find_slices(p_pattern_key, p_floor, v_max_dims, null) as f
    ),
    gone as (
        delete from learning.slice_rates as r
        where r.pattern_key = p_pattern_key
            and not exists (select from found as f where f.slice_key = r.slice_key)
        returning r.slice_key
    ),
    -- What lessons knew of these slices before: they are about to be retired.
    kept as (
        update learning.lessons as l
        set stats = s.stats
        from gone as g
        join learning.lessons as o
            on o.pattern_key = p_pattern_key and o.slice_key = g.slice_key and o.status = 'active'
        join learning.lesson_stats as s on s.lesson_id = o.id
        where l.id = o.id
    ),
    changed as (
        update learning.slice_rates as r
        set acted_success = f.acted_success, acted_failure = f.acted_failure,
            skipped_success = f.skipped_success, skipped_failure = f.skipped_failure,
            n_policy = f.n_policy, weight = f.weight, success_weight = f.success_weight,
            n_sampled = f.n_sampled, n_valued = f.n_valued, mining = p_mining
        from found as f
        where r.pattern_key = p_pattern_key
            and r.slice_key = f.slice_key
            and (
                r.acted_success, r.acted_failure, r.skipped_success, r.skipped_failure, r.n_policy,
                r.weight, r.success_weight, r.n_sampled, r.n_valued
            ) is distinct from (
                f.acted_success, f.acted_failure, f.skipped_success, f.skipped_failure, f.n_policy,
                f.weight, f.success_weight, f.n_sampled, f.n_valued
            )
        returning r.slice_key
    ),
    added as (
        insert into learning.slice_rates (
            pattern_key, slice_key, acted_success, acted_failure, skipped_success, skipped_failure,
            n_policy, weight, success_weight, n_sampled, n_valued, mining
        )
        select p_pattern_key, f.*, p_mining
        from found as f
        where not exists (
            select from learning.slice_rates as r
            where r.pattern_key = p_pattern_key and r.slice_key = f.slice_key
        )
        returning slice_key
    )
    select (select count(*) from changed) + (select count(*) from added) into v_changed;
    return v_changed;
end
$$;
comment on function learning.rebuild_slices(text, integer, bigint, boolean) is
    'Stores every slice of a pattern with at least p_floor experiments; returns how many changed.';

-- What merge_changes does, of few changes in few stored slices: each is held against every slice of
-- the pattern. A slice has a contribution when every item of its key is an item of the contribution
-- (items are characters, each of one value of one dimension). Returns how many slices changed.
create or replace function learning.merge_few_changes(
    p_pattern_key text, p_gone learning.mining_contributions[],
    p_came learning.mining_contributions[], p_mining bigint
)
returns bigint
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_changed bigint;
begin
    update learning.slice_rates as r
    set acted_success = r.acted_success + coalesce(d.acted_success, 0)::bigint,
        acted_failure = r.acted_failure + coalesce(d.acted_failure, 0)::bigint,
        skipped_success = r.skipped_success + coalesce(d.skipped_success, 0)::bigint,
        skipped_failure = r.skipped_failure + coalesce(d.skipped_failure, 0)::bigint,
        n_policy = r.n_policy + coalesce(d.n_policy, 0)::bigint,
        weight = r.weight + coalesce(d.weight, 0)::bigint,
        success_weight = r.success_weight + coalesce(d.success_weight, 0)::bigint,
        n_sampled = r.n_sampled + coalesce(d.n_sampled, 0)::bigint,
        n_valued = r.n_valued + coalesce(d.n_valued, 0)::bigint,
        mining = p_mining
    from (
        select s.slice_key, sum(c.acted_success) as acted_success,
            sum(c.acted_failure) as acted_failure, sum(c.skipped_success) as skipped_success,
            sum(c.skipped_failure) as skipped_failure, sum(c.n_policy) as n_policy,
            sum(c.weight) as weight, sum(c.success_weight) as success_weight,
            sum(c.n_sampled) as n_sampled, sum(c.n_valued) as n_valued
        from learning.changed_counts(p_pattern_key, p_gone, p_came) as c
        join learning.slice_rates as s
            on s.pattern_key = p_pattern_key and translate(s.slice_key, c.items, '') = ''
        group by s.slice_key
    ) as d
    where r.pattern_key = p_pattern_key and r.slice_key = d.slice_key;
    get diagnostics v_changed = row_count;
    return v_changed;
end
$$;
comment on function learning.merge_few_changes(
    text, learning.mining_contributions[], learning.mining_contributions[], bigint
) is 'Merges few contributions into the stored slices, slice by slice; returns how many changed.';

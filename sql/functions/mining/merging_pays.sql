-- Whether merging p_changes changed contributions into the stored slices of a pattern takes less
-- than finding all anew. A merge has a row per change and subset of its conditions; some of those
-- cost what finding and storing a slice does. Of too many changes the weights might add up to more
-- than a merge sums exactly (2^53). Sizes: mining_limits.
create or replace function learning.merging_pays(p_pattern_key text, p_changes bigint)
returns boolean
language sql stable
as $$
    select p_changes < m.most_merged and (
        p_changes * s.subsets <= m.cheap_merge or p_changes * s.subsets <= m.merged_per_slice * (
            select count(*) from learning.slice_rates as r where r.pattern_key = p_pattern_key
        )
    )
    from (
        select sum(factorial(d.n) / (factorial(k) * factorial(d.n - k))) as subsets
        from (select count(*) as n from learning.mined_dimensions(p_pattern_key)) as d
        cross join lateral generate_series(
            0::bigint, least(d.n, learning.max_dims(p_pattern_key))
        ) as k
    ) as s
    cross join learning.mining_limits() as m
$$;
comment on function learning.merging_pays(text, bigint) is
    'Whether changes are merged into the stored slices of a pattern, or all slices found anew.';

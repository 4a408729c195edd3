-- The stamp of what a slice counts: its counts and the mining in which its experiments last
-- changed.
create or replace function learning.slice_stamp(p_slice learning.slice_rates)
returns text
language sql stable parallel safe
as $$
    select concat_ws(
        '/', (p_slice).acted_success, (p_slice).acted_failure, (p_slice).skipped_success,
        (p_slice).skipped_failure, (p_slice).n_policy, (p_slice).weight, (p_slice).n_sampled,
        (p_slice).n_valued, (p_slice).success_weight, (p_slice).mining
    )
$$;
comment on function learning.slice_stamp(learning.slice_rates) is
    'What tells one state of a slice''s counts from another.';

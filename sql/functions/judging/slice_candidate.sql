-- The candidate a slice of a look gets by its comparison; null for none. What a person pinned
-- stays. What a person approved stays while the judge would at least propose it (keep_z of
-- judging_thresholds, money not against it), unless another passes. Without auto_apply (p_applies)
-- nothing takes the place of what stands in force. What a person dismissed is not chosen, and what
-- is suspended comes back by its own record alone.
create or replace function learning.slice_candidate(
    p_slice learning.look_slices, p_simulation learning.gate_simulations, p_look learning.looks,
    p_even_payoff boolean, p_min_ratio double precision, p_applies boolean
)
returns integer
language sql stable
as $$
    select case
        when p_slice.upheld = 'pinned' then p_slice.in_force
        when p_look.profile = 'plan' then coalesce(
            nullif(learning.planned_candidate(
                p_simulation, p_look, p_min_ratio, p_slice.barred
            ), p_slice.held),
            case when p_slice.upheld = 'approved' then p_slice.in_force end
        )
        when not p_applies and learning.candidate_stands(
            p_simulation, p_slice.in_force, p_slice.depth, p_even_payoff, true
        ) then p_slice.in_force
        else coalesce(
            nullif(learning.chosen_candidate(
                p_simulation, p_look, p_slice.depth, p_even_payoff, p_slice.in_force,
                p_slice.barred
            ), p_slice.held),
            case
                when p_slice.upheld = 'approved'
                    and p_simulation.z[p_slice.in_force] >= (
                        select t.keep_z from learning.judging_thresholds(p_slice.depth) as t
                    )
                    and coalesce(p_simulation.money_z[p_slice.in_force], 0) >= 0
                    then p_slice.in_force
            end
        )
    end
$$;
comment on function learning.slice_candidate(
    learning.look_slices, learning.gate_simulations, learning.looks, boolean, double precision,
    boolean
) is 'The candidate a slice gets by its comparison and by what people decided; null for none.';

-- The candidate of a comparison that looks best without having passed: the highest z from propose_z
-- (learning.judging_thresholds) on, on enough windows, money not against it; ties: the smallest
-- move, the grid's order. Those barred (p_barred) are not taken. Null for none.
create or replace function learning.proposed_candidate(
    p_simulation learning.gate_simulations, p_look learning.looks, p_depth integer,
    p_barred integer[]
)
returns integer
language sql stable
as $$
    select c.candidate
    from learning.judging_thresholds(p_depth) as t
    cross join lateral (
        select u.place::integer - 1 as candidate, u.z
        from unnest(p_simulation.z) with ordinality as u (z, place)
        where u.z >= t.propose_z
    ) as c
    where p_simulation.changed[c.candidate] >= t.fewest_changed
        and coalesce(p_simulation.money_z[c.candidate], 0) >= 0
        and c.candidate <> all (p_barred)
    order by c.z desc, p_look.move[c.candidate], c.candidate
    limit 1
$$;
comment on function learning.proposed_candidate(
    learning.gate_simulations, learning.looks, integer, integer[]
) is 'The candidate of a comparison that may be proposed; null for none.';

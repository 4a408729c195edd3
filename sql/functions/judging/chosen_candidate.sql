-- The candidate a comparison puts in force. The one that tells good from bad best (the highest z)
-- speaks for money: where it does not surely earn, nothing comes into force, for among so many some
-- always earned by chance. Then the tests say which may come into force; of those the one that
-- surely earns most is taken: sum of the differences in ROI less one standard error (ties:
-- the highest z, the smallest move, fewer levers, the grid's order). What is in force (p_in_force,
-- null for nothing) stays while it stands, unless another that passes surely earns more than it
-- seems to. Those barred (p_barred) are not taken. Null for none.
create or replace function learning.chosen_candidate(
    p_simulation learning.gate_simulations, p_look learning.looks, p_depth integer,
    p_even_payoff boolean, p_in_force integer, p_barred integer[] default '{}'
)
returns integer
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_stands boolean := p_in_force is not null and learning.candidate_stands(
        p_simulation, p_in_force, p_depth, p_even_payoff, true
    );
    v_best record;
begin
    select c.candidate, w.surely into v_best
    from (
        select u.place::integer - 1 as candidate, u.z
        from unnest(p_simulation.z) with ordinality as u (z, place)
        where u.z >= (select t.on_z from learning.judging_thresholds(p_depth) as t)
    ) as c
    cross join lateral (
        select case when p_simulation.money_z[c.candidate] > 0
            then (p_simulation.benefit[c.candidate] - p_simulation.cost[c.candidate])
                * (1 - 1 / p_simulation.money_z[c.candidate])
            else 0 end as surely
    ) as w
    where learning.candidate_stands(p_simulation, c.candidate, p_depth, p_even_payoff, false)
        and c.candidate <> all (p_barred)
    order by round(w.surely::numeric, 9) desc, round(c.z::numeric, 9) desc,
        p_look.move[c.candidate], p_look.n_levers[c.candidate], c.candidate
    limit 1;
    if v_best.candidate is not null
        and not learning.money_speaks_for_it(p_simulation, p_depth, p_even_payoff)
    then
        v_best.candidate := null;
    end if;
    if v_stands and (
        v_best.candidate is null
        or v_best.surely
            <= p_simulation.benefit[p_in_force] - p_simulation.cost[p_in_force]
    ) then
        return p_in_force;
    end if;
    return v_best.candidate;
end
$$;
comment on function learning.chosen_candidate(
    learning.gate_simulations, learning.looks, integer, boolean, integer, integer[]
) is 'The candidate a comparison puts or keeps in force; null for none.';

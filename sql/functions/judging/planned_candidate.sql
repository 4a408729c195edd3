-- The candidate the documents' own arithmetic chooses (profile plan): counts, no tests. Benefit is
-- misses caught + failures avoided, cost is failures added + wins lost; at least 3 windows must
-- speak for it; benefit / max(cost, 1) must reach min_ratio, 3 where it newly admits while base
-- dodges 90 % or more. The best ratio wins; ties: more benefit, the smallest move, fewer levers,
-- the grid's order. Those barred (p_barred) are not taken. Null for none.
create or replace function learning.planned_candidate(
    p_simulation learning.gate_simulations, p_look learning.looks, p_min_ratio double precision,
    p_barred integer[] default '{}'
)
returns integer
language sql immutable
as $$
    select c.candidate
    from (
        select u.place::integer - 1 as candidate, u.caught,
            p_simulation.failures_added[u.place - 1] as added,
            p_simulation.failures_avoided[u.place - 1] as avoided,
            p_simulation.wins_lost[u.place - 1] as lost
        from unnest(p_simulation.misses_caught) with ordinality as u (caught, place)
    ) as c
    cross join lateral (
        select c.caught + c.avoided as benefit,
            (c.caught + c.avoided) / greatest(c.added + c.lost, 1)::double precision as ratio
    ) as r
    where r.benefit >= 3
        and c.candidate <> all (p_barred)
        and r.ratio >= greatest(
            p_min_ratio,
            case when c.caught + c.added > 0 and p_simulation.dodge_rate >= 0.90 - 1e-9
                then 3 else 0 end
        )
    order by round(r.ratio::numeric, 9) desc, r.benefit desc, p_look.move[c.candidate],
        p_look.n_levers[c.candidate], c.candidate
    limit 1
$$;
comment on function learning.planned_candidate(
    learning.gate_simulations, learning.looks, double precision, integer[]
) is 'The candidate the plan profile chooses by counts and ratio; null for none.';

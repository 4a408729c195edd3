-- The candidate the documents' own arithmetic chooses (profile plan): counts, no tests. Benefit is
-- misses caught + failures avoided, cost is failures added + wins lost; at least 3 windows must
-- speak for it; benefit / max(cost, 1) must reach min_ratio, 3 where it newly admits while base
-- dodges 90 % or more. The best ratio wins; ties: more benefit, the smallest move, fewer levers.
-- Null for none.
create or replace function learning.planned_candidate(
    p_simulation learning.gate_simulations, p_pattern_key text
)
returns integer
language sql stable
as $$
    select p.candidate
    from learning.policies(p_pattern_key) as p
    cross join lateral (
        select p_simulation.misses_caught[p.candidate] as caught,
            p_simulation.failures_added[p.candidate] as added,
            p_simulation.failures_avoided[p.candidate] as avoided,
            p_simulation.wins_lost[p.candidate] as lost
    ) as c
    cross join lateral (
        select c.caught + c.avoided as benefit,
            (c.caught + c.avoided) / greatest(c.added + c.lost, 1)::double precision as ratio
    ) as r
    where r.benefit >= 3
        and r.ratio >= greatest(
            learning.setting(p_pattern_key, 'min_ratio')::double precision,
            case when c.caught + c.added > 0 and p_simulation.dodge_rate >= 0.90 - 1e-9
                then 3 else 0 end
        )
    order by round(r.ratio::numeric, 9) desc, r.benefit desc, p.move, p.n_levers, p.candidate
    limit 1
$$;
comment on function learning.planned_candidate(learning.gate_simulations, text) is
    'The candidate the plan profile chooses by counts and ratio; null for none.';

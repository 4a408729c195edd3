-- Does the candidate of a comparison that tells good from bad best (the highest z of those that
-- change enough windows) surely earn? Only then may any of them come into force: evidence is about
-- good and bad, and where money goes the other way some of 124 candidates earned by chance. Where
-- money is unknown: if the pattern says that wins and losses pay alike (even_payoff).
create or replace function learning.money_speaks_for_it(
    p_simulation learning.gate_simulations, p_depth integer, p_even_payoff boolean
)
returns boolean
language sql stable parallel safe
as $$
    select coalesce((
        select coalesce(
            p_simulation.money_z[u.place - 1], case when p_even_payoff then u.z end
        ) >= t.on_money_z
        from learning.judging_thresholds(p_depth) as t
        cross join lateral unnest(p_simulation.z) with ordinality as u (z, place)
        where p_simulation.changed[u.place - 1] >= t.fewest_changed
        order by round(u.z::numeric, 9) desc, u.place
        limit 1
    ), false)
$$;
comment on function learning.money_speaks_for_it(learning.gate_simulations, integer, boolean) is
    'Whether the candidate that tells good from bad best surely earns.';

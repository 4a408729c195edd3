-- The candidate a comparison puts in force: of those that pass the one with the highest z (ties:
-- the smallest move, fewer levers, the grid's order). What is in force (p_in_force, null for
-- nothing) stays while it stands, unless another passes with a z at least 1 higher. Null for none.
create or replace function learning.chosen_candidate(
    p_simulation learning.gate_simulations, p_pattern_key text, p_depth integer,
    p_in_force integer
)
returns integer
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_even boolean := learning.setting(p_pattern_key, 'even_payoff')::boolean;
    v_stands boolean := p_in_force is not null and learning.candidate_stands(
        p_simulation, p_in_force, p_depth, v_even, true
    );
    v_best integer;
begin
    -- Most slices have no candidate near the mark: their grids are not looked through.
    if exists (
        select
        from unnest(p_simulation.z) as u (z)
        where u.z >= (select t.on_z from learning.judging_thresholds(p_depth) as t)
    ) then
        select p.candidate into v_best
        from learning.policies(p_pattern_key) as p
        where learning.candidate_stands(p_simulation, p.candidate, p_depth, v_even, false)
        order by round(p_simulation.z[p.candidate]::numeric, 9) desc, p.move, p.n_levers,
            p.candidate
        limit 1;
    end if;
    if v_stands and (
        v_best is null or p_simulation.z[v_best] < p_simulation.z[p_in_force] + 1
    ) then
        return p_in_force;
    end if;
    return v_best;
end
$$;
comment on function learning.chosen_candidate(learning.gate_simulations, text, integer, integer) is
    'The candidate a comparison puts or keeps in force; null for none.';

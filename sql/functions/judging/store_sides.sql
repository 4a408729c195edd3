-- Stores what changes sides under the candidates of comparisons that people will ask about; of
-- looks that are under way alone. p_sides: array of {"simulation_id", "sides"}, sides as the column
-- has them. Returns how many were stored.
create or replace function learning.store_sides(p_sides jsonb)
returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_stored bigint;
begin
    update learning.gate_simulations as g
    set sides = b.sides
    from jsonb_to_recordset(p_sides) as b (simulation_id bigint, sides jsonb)
    join learning.gate_simulations as known on known.id = b.simulation_id
    join learning.looks as k on k.id = known.look_id and k.status = 'open'
    where g.id = b.simulation_id;
    get diagnostics v_stored = row_count;
    return v_stored;
end
$$;
comment on function learning.store_sides(jsonb) is
    'Stores what changes sides under the candidates people will ask about; returns how many.';

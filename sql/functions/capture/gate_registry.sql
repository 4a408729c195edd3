-- The registered gates of every pattern: what a ticker or a worker needs to measure margins.
create or replace function pm.gate_registry()
returns table (
    pattern_key text, gate text, value_key text, direction text, base double precision,
    steps double precision[], action_category text
)
language sql stable parallel safe security definer
set search_path = pg_catalog, pg_temp
as $$
    select g.pattern_key, g.gate, g.value_key, g.direction, g.base, g.steps, g.action_category
    from learning.gates as g
    order by g.pattern_key, g.ordinal
$$;
comment on function pm.gate_registry() is
    'Every pattern''s gates: value key, direction, base and grid steps in the gate''s unit.';

-- Every gate of a pattern for a scope: its base, the value in force = base x multiplier + delta
-- within the gate's range, and the override it comes from (null: base). A pattern without gates
-- has no rows. QD001 for a key that is none, QD004 for a malformed scope.
create or replace function pm.gates(p_pattern_key text, p_scope jsonb)
returns table (
    gate text, value_key text, direction text, base double precision, value double precision,
    override_id bigint
)
language plpgsql stable parallel safe security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
as $$
begin
    return query
    select g.gate, g.value_key, g.direction, g.base,
        learning.gate_value(g.base, o.multiplier, o.delta, g.min_value, g.max_value),
        o.override_id
    from (select learning.canonical_pattern_key(p_pattern_key) as pattern_key) as k
    join learning.gates as g on g.pattern_key = k.pattern_key
    left join pm.effective_overrides(k.pattern_key, p_scope) as o
        on o.action_category = g.action_category
    order by g.ordinal;
end
$$;
comment on function pm.gates(text, jsonb) is
    'Base and value in force of every gate of a pattern for a scope, with the override behind it.';

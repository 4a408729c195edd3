-- What the decision maker multiplies an allocation by, for a strategy family (dm.<family>.<motif>)
-- and scope: the overrides that hold there, blended in log space by learning.allocation_weights,
-- within 0.7..1.3; 1 where none has weight. Reads only. QD001 for a key that is none, QD004 for a
-- malformed scope.
create or replace function pm.allocation_multiplier(p_pattern_key text, p_scope jsonb)
returns double precision
language sql stable parallel safe security definer
set search_path = pg_catalog, pg_temp
as $$
    -- Summed in the order of slices: which row was stored first makes no difference.
    select greatest(0.7, least(1.3, exp(coalesce(
        sum(w.weight * ln(w.multiplier) order by w.scope_subset, w.override_id)
        / sum(w.weight order by w.scope_subset, w.override_id),
        0
    ))))
    from learning.allocation_weights(
        learning.canonical_pattern_key(p_pattern_key), p_scope
    ) as w
    where w.weight > 0
$$;
comment on function pm.allocation_multiplier(text, jsonb) is
    'The allocation multiplier (0.7..1.3) of a strategy family for a scope.';

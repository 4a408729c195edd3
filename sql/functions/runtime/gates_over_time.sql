-- The gates of a pattern for a scope since each change of an override that is contained in it,
-- oldest first; before the first of them base was in force (pm.gates_at, whose errors they are).
create or replace function pm.gates_over_time(p_pattern_key text, p_scope jsonb)
returns table (
    since timestamptz, gate text, base double precision, value double precision,
    override_id bigint
)
language sql stable parallel safe security definer
set search_path = pg_catalog, pg_temp
as $$
    with changes as (
        select distinct h.changed_at
        from learning.pm_overrides_history as h
        cross join lateral (select coalesce(h.new_row, h.old_row) as changed) as o
        where 'active' in (h.old_row ->> 'status', h.new_row ->> 'status')
            and o.changed ->> 'pattern_key' = learning.canonical_pattern_key(p_pattern_key)
            and learning.scope_items(o.changed -> 'scope_subset')
                <@ learning.scope_items(learning.require_scope(p_scope))
    )
    select c.changed_at, g.gate, g.base, g.value, g.override_id
    from changes as c
    cross join lateral pm.gates_at(p_pattern_key, p_scope, c.changed_at) as g
    order by c.changed_at, g.gate
$$;
comment on function pm.gates_over_time(text, jsonb) is
    'The gates of a pattern for a scope since each change of what was in force, from the history of overrides: for a backtest that trades by what was known at each bar.';

-- Everything a client needs to answer for the gates of any scope by itself: per gate its base and
-- the overrides in force somewhere, [scope_subset, value, id] in order of preference: the first
-- whose scope_subset is contained in the scope wins, and where none is, base. Values are in the
-- gate's unit, worked out; levers that are switched off have no overrides.
create or replace function pm.gate_index()
returns table (pattern_key text, gate text, base double precision, overrides jsonb)
language sql stable parallel safe security definer
set search_path = pg_catalog, pg_temp
as $$
    select g.pattern_key, g.gate, g.base, coalesce(w.overrides, '[]')
    from (
        select l.*, learning.overrides_apply(
                c.config_data -> 'feature_flags', l.pattern_key, l.gate
            ) as applies
        from learning.gates as l
        left join learning.learning_configs as c on c.module_id = 'pm'
    ) as g
    cross join lateral (
        select jsonb_agg(
            jsonb_build_array(
                o.scope_subset,
                learning.gate_value(g.base, o.multiplier, o.delta, g.min_value, g.max_value),
                o.id
            )
            order by o.preference desc
        ) as overrides
        from learning.pm_overrides as o
        where o.pattern_key = g.pattern_key
            and o.action_category = g.action_category
            and o.status = 'active'
            and g.applies
    ) as w
    order by g.pattern_key, g.ordinal
$$;
comment on function pm.gate_index() is
    'Per gate its base and, in order of preference, the overrides in force somewhere with the value each gives: what a client''s own index is made of.';

-- Sets gates of a pattern by hand in a slice, in a person's name (null: the database's user):
-- p_gates is {gate: value}, the threshold itself. p_pinned null leaves the pin as it is. Returns
-- the overrides. Raises QD001 and QD092 for an unknown pattern or gate, QD004 and QD011 for a scope
-- that is none, QD093 for what is no number or out of the gate's range.
create or replace function learning.set_override(
    p_pattern_key text, p_scope jsonb, p_gates jsonb, p_by text default null,
    p_pinned boolean default null
)
returns setof learning.pm_overrides
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_by text := learning.acting_person(p_by);
    v_key text := learning.canonical_pattern_key(p_pattern_key);
    v_scope jsonb := learning.person_scope(p_scope);
    v_names text[];
    v_wrong text;
    v_together text;
begin
    if jsonb_typeof(p_gates) is distinct from 'object' or p_gates = '{}' then
        raise exception using
            errcode = 'QD093',
            message = 'no gate is given a value',
            hint = 'Give gates their values: {"halo": 1.1}.';
    end if;
    v_names := array(select k.key from jsonb_object_keys(p_gates) as k (key));
    select string_agg(format('%s = %s', g.gate, left(p_gates ->> g.gate, 100)), ', '), string_agg(
            format('%s lies between %s and %s', g.gate, g.min_value, g.max_value), ', '
        )
    into v_wrong, v_together
    from learning.person_gates(v_key, v_names) as g
    where jsonb_typeof(p_gates -> g.gate) <> 'number'
        or case when jsonb_typeof(p_gates -> g.gate) = 'number' then
            (p_gates ->> g.gate)::numeric
                not between g.min_value::numeric and g.max_value::numeric
        end;
    if v_wrong is not null then
        raise exception using
            errcode = 'QD093',
            message = format('not a value of the gate: %s', v_wrong),
            hint = v_together || '.';
    end if;
    select coalesce(min(o.solution_id), gen_random_uuid()::text) into v_together
    from learning.pm_overrides as o
    where o.pattern_key = v_key and o.scope_subset = v_scope and o.is_manual;
    insert into learning.pm_overrides as o (
        pattern_key, action_category, scope_subset, multiplier, delta, pinned, method, solution_id,
        evidence
    )
    select v_key, g.action_category, v_scope, case when m.is_multiplier then m.factor else 1 end,
        case when m.is_multiplier then 0 else w.value - g.base end, coalesce(p_pinned, false),
        'manual', v_together, jsonb_build_object('by', v_by)
    from learning.person_gates(v_key, v_names) as g
    cross join lateral (select (p_gates ->> g.gate)::double precision as value) as w
    cross join lateral (
        select f.factor, g.adjust = 'multiplier' and f.factor between 0.01 and 100 as is_multiplier
        from (select w.value / nullif(g.base, 0) as factor) as f
    ) as m
    on conflict (pattern_key, action_category, scope_subset, is_manual) do update
    set status = 'active', multiplier = excluded.multiplier, delta = excluded.delta,
        pinned = coalesce(p_pinned, o.pinned), evidence = excluded.evidence,
        last_updated_at = learning.clock()
    where (o.status, o.multiplier, o.delta, o.pinned) is distinct from
        ('active', excluded.multiplier, excluded.delta, coalesce(p_pinned, o.pinned));
    perform learning.log('INFO', 'Override set by hand', jsonb_build_object(
        'pattern_key', v_key, 'scope_subset', v_scope, 'gates', p_gates, 'by', v_by
    ));
    return query
    select o.*
    from learning.person_gates(v_key, v_names) as g
    join learning.pm_overrides as o
        on o.pattern_key = v_key
        and o.action_category = g.action_category
        and o.scope_subset = v_scope
        and o.is_manual
    order by g.ordinal;
end
$$;
comment on function learning.set_override(text, jsonb, jsonb, text, boolean) is
    'Sets gates by hand in a slice, in a person''s name; QD001, QD004, QD011, QD092, QD093.';

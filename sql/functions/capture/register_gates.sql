-- Registers the gates of a strategy of one's own: an array of gates (learning.checked_gate). The
-- same again changes nothing; gates that differ from the registered ones raise QD043, unless
-- p_replace says that the change is meant: then what was learned is judged anew against them. The
-- keys of its scopes in p_dimensions are mined from now on (learning.declare_dimensions). Returns
-- every gate with written: new, changed, unchanged, removed. Raises QD001, QD014, QD042 and, for
-- patterns that are not one's own, QD044. Long, for everything is checked before anything is
-- written.
create or replace function pm.register_gates(
    p_pattern_key text, p_gates jsonb, p_replace boolean default false,
    p_dimensions text[] default '{}'
)
returns table (
    gate text, value_key text, direction text, base double precision, steps double precision[],
    adjust text, min_value double precision, max_value double precision, action_category text,
    written text
)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_key text := learning.canonical_pattern_key(p_pattern_key);
    v_wanted learning.gates[];
    v_changes jsonb;
begin
    if v_key not like 'pm.%' or v_key like 'pm.uptrend.%' then
        raise exception using
            errcode = 'QD044',
            message = format('the gates of %s are not registered from outside', v_key),
            hint = 'Register gates of patterns pm.<family>.<setup> of your own. Those of the '
                || 'uptrend stand in learning.gates, for the owner to change.';
    end if;
    if jsonb_typeof(p_gates) is distinct from 'array' or p_gates = '[]' then
        raise exception using
            errcode = 'QD014', message = 'the gates are not an array of gates',
            hint = 'One object per gate: [{"gate": ..., "direction": ..., "base": ..., '
                || '"steps": ...}].';
    end if;
    v_wanted := array(
        select learning.checked_gate(v_key, g.item, g.place)
        from jsonb_array_elements(p_gates) with ordinality as g (item, place)
        order by g.place
    );
    if (select count(distinct w.gate) from unnest(v_wanted) as w) < cardinality(v_wanted) then
        raise exception using errcode = 'QD042', message = 'a gate is there twice';
    end if;
    if (select sum(ln(cardinality(w.steps))) from unnest(v_wanted) as w) > ln(3125.5) then
        raise exception using
            errcode = 'QD042',
            message = 'the gates have more than 3,125 combinations of steps',
            hint = 'Five gates of five steps are the most that is tried: the search must be paid '
                || 'for with evidence.';
    end if;

    lock table learning.gates in share row exclusive mode;  -- readers go on
    perform learning.declare_dimensions(p_dimensions);
    return query
    select coalesce(w.gate, g.gate), coalesce(w.value_key, g.value_key),
        coalesce(w.direction, g.direction), coalesce(w.base, g.base), coalesce(w.steps, g.steps),
        coalesce(w.adjust, g.adjust), coalesce(w.min_value, g.min_value),
        coalesce(w.max_value, g.max_value), coalesce(w.action_category, g.action_category),
        case
            when g.gate is null then 'new'
            when w.gate is null then 'removed'
            when to_jsonb(w) = to_jsonb(g) then 'unchanged'
            else 'changed'
        end
    from unnest(v_wanted) as w
    full join (
        select r.* from learning.gates as r where r.pattern_key = v_key
    ) as g on g.gate = w.gate
    order by coalesce(w.ordinal, g.ordinal), w.gate;

    select jsonb_agg(jsonb_build_object('was', to_jsonb(g), 'asked', to_jsonb(w)))
    into v_changes
    from unnest(v_wanted) as w
    full join (
        select r.* from learning.gates as r where r.pattern_key = v_key
    ) as g on g.gate = w.gate
    where to_jsonb(w) is distinct from to_jsonb(g);
    if v_changes is null then
        return;
    end if;
    if p_replace is not true
        and exists (select from learning.gates as g where g.pattern_key = v_key)
    then
        raise exception using
            errcode = 'QD043',
            message = format('the registered gates of %s are different', v_key),
            detail = left(v_changes::text, 1000),
            hint = 'With p_replace => true they are replaced, and what was learned is judged anew.';
    end if;
    delete from learning.gates as g where g.pattern_key = v_key;
    insert into learning.gates select w.* from unnest(v_wanted) as w;
    perform learning.log(
        'INFO', 'Gates registered',
        jsonb_build_object('pattern_key', v_key, 'changes', v_changes)
    );
end
$$;
comment on function pm.register_gates(text, jsonb, boolean, text[]) is
    'Registers the gates (levers) of a strategy of your own: base, grid and range of each; again '
    'changes nothing, another base needs p_replace. p_dimensions are keys of its scopes that are mined from now on.';

-- One gate of a strategy as a row of learning.gates, from {gate, direction (at_least, at_most),
-- base, steps (around base, with 0), value_key (gate), adjust (multiplier where every step leaves
-- a hundredth to a hundred times a positive base, else delta), min_value and max_value (the grid's
-- ends)}. Numbers are within 1e9 of 0. Raises QD005, QD014, QD041 and QD042.
create or replace function learning.checked_gate(
    p_pattern_key text, p_gate jsonb, p_ordinal bigint
)
returns learning.gates
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_row jsonb := learning.read_object(p_gate, 'gate');
    v_gate learning.gates;
    v_multiplies boolean;
    v_wrong text;
begin
    v_gate.pattern_key := p_pattern_key;
    v_gate.ordinal := p_ordinal;
    v_gate.gate := learning.read_text(v_row -> 'gate', 'gate');
    v_gate.value_key := coalesce(
        learning.read_text(v_row -> 'value_key', 'value_key'), v_gate.gate
    );
    v_gate.direction := learning.read_text(v_row -> 'direction', 'direction');
    v_gate.base := learning.read_number(v_row -> 'base', 'base');
    if jsonb_typeof(v_row -> 'steps') = 'array' then
        v_gate.steps := array(
            select distinct learning.read_number(s.item, 'a step')
            from jsonb_array_elements(v_row -> 'steps') as s (item)
            order by 1
        );
    end if;
    v_gate.min_value := learning.read_number(v_row -> 'min_value', 'min_value');
    v_gate.max_value := learning.read_number(v_row -> 'max_value', 'max_value');
    v_gate.adjust := learning.read_text(v_row -> 'adjust', 'adjust');
    if 1e9 >= all (
        array[abs(v_gate.base), abs(v_gate.min_value), abs(v_gate.max_value)]
        || array(select abs(s.step) from unnest(v_gate.steps) as s (step))
    ) is false then
        v_wrong := 'base, steps, min_value and max_value are within 1,000,000,000 of 0';
    else
        v_gate.min_value := coalesce(v_gate.min_value, v_gate.base + v_gate.steps[1]);
        v_gate.max_value := coalesce(
            v_gate.max_value, v_gate.base + v_gate.steps[cardinality(v_gate.steps)]
        );
        v_multiplies := v_gate.base >= 1e-9
            and -0.99 * v_gate.base <= all (v_gate.steps)
            and 99 * v_gate.base >= all (v_gate.steps);
        v_gate.adjust := coalesce(
            v_gate.adjust, case when v_multiplies then 'multiplier' else 'delta' end
        );
    end if;
    v_gate.action_category := 'tuning_' || v_gate.gate;
    v_wrong := coalesce(v_wrong, case
        when coalesce(v_gate.gate !~ '^[a-z][a-z0-9_]{0,49}$', true)
            then 'gate is a name in lower case, digits and underscores'
        when v_gate.gate in (
            'entry_delay_bars', 'phase1_frac_mult', 'trim_delay_mult', 'trail_mult',
            'panic_trigger', 'wait_n_after_trim'
        ) then 'that name is a legacy knob''s, which cannot be learned'
        when coalesce(v_gate.direction not in ('at_least', 'at_most'), true)
            then 'direction is at_least or at_most'
        when v_gate.base is null then 'base is a number'
        when v_gate.steps is null
            or not 0 = any (v_gate.steps)
            or cardinality(v_gate.steps) not between 2 and 9
            or array_position(v_gate.steps, null) is not null
            then 'steps is an array of two to nine numbers around base, 0 among them'
        when v_gate.base not between v_gate.min_value and v_gate.max_value
            then 'base is between min_value and max_value'
        when v_gate.adjust not in ('multiplier', 'delta') then 'adjust is multiplier or delta'
        when v_gate.adjust = 'multiplier' and not v_multiplies
            then 'the multipliers (base + step) / base are between 0.01 and 100 of a base above 0: '
                || 'adjust is delta here'
        when (
            select count(distinct round((v_gate.base + s.step)::numeric, 12))
            from unnest(v_gate.steps) as s (step)
        ) < cardinality(v_gate.steps)
            then 'the steps are too small to tell thresholds apart (twelve decimal places)'
    end);
    if v_wrong is not null then
        raise exception using
            errcode = 'QD042',
            message = format('gate %s: %s', coalesce(v_gate.gate, p_ordinal::text), v_wrong),
            hint = 'A gate is {"gate": "volume_surge", "direction": "at_least", "base": 2.0, '
                || '"steps": [-0.5, -0.25, 0, 0.25, 0.5]}.';
    end if;
    return v_gate;
end
$$;
comment on function learning.checked_gate(text, jsonb, bigint) is
    'A gate of a strategy as a row of learning.gates, checked; QD042 says what is wrong.';

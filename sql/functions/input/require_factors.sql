-- The factors of an experiment; {} when absent. Samples are judged on the values of the pattern's
-- gates, so where it has gates a sample holds those, what a bar adds to a threshold
-- (<gate>_adjustment), ts or bar_ts (its open, epoch ms), entry_price, after, and EDX: QD019 for
-- other keys (a misspelt value would be missing evidence). QD005 for NaN, QD014 for wrong shapes
-- and numbers as texts, QD017 for a bar of the future, QD056 for the engine's scores off their
-- scale. One plan: to make one takes ten times as long as the check.
create or replace function learning.require_factors(p_factors jsonb, p_pattern_key text)
returns jsonb
language plpgsql stable parallel safe
set search_path = pg_catalog, pg_temp set plan_cache_mode = force_generic_plan
as $$
declare
    v_factors jsonb := coalesce(nullif(p_factors, 'null'), '{}');
    v_values text[];
    v_known text[];
    v_odd text;
    v_code text;
    v_hint text;
begin
    if jsonb_typeof(v_factors) <> 'object' then
        raise exception using
            errcode = 'QD014', message = 'factors is not an object', column = 'factors';
    end if;
    if v_factors = '{}' then
        return v_factors;
    end if;
    if v_factors @? '$.** ? (
            @ like_regex "^[-+]?(nan|inf|infinity)$" flag "i" || @ > 1e308 || @ < -1e308
        )'
    then
        raise exception using
            errcode = 'QD005', message = 'factors holds NaN or an infinity',
            hint = 'Leave out what is not known.', column = 'factors';
    end if;
    if v_factors ? 'samples'
        and v_factors @? 'strict $.samples ? (
            @.type() != "array" || exists (@[*] ? (@.type() != "object"))
        )'
    then
        raise exception using
            errcode = 'QD014',
            message = 'factors.samples is not an array of objects',
            hint = 'A sample holds the values of the gates at one bar: [{"ts_score": 0.57}].',
            column = 'factors';
    end if;

    select array_agg(distinct g.value_key),
        array_agg(distinct g.value_key) || array_agg(g.gate || '_adjustment') || array[
            'ts', 'bar_ts', 'after', 'entry_price', 'edx_score', 'dx_suppression', 'dx_bonus'
        ]
    into v_values, v_known
    from learning.gates as g
    where g.pattern_key = p_pattern_key;
    if v_values is null then
        return v_factors;
    end if;

    select p.problem, p.code, p.hint into v_odd, v_code, v_hint
    from learning.factor_problems(v_factors, p_pattern_key, v_values, v_known) as p
    order by p.ordinal, p.problem
    limit 1;
    if v_odd is not null then
        raise exception using
            errcode = v_code, message = v_odd, hint = v_hint, column = 'factors';
    end if;
    return v_factors;
end
$$;
comment on function learning.require_factors(jsonb, text) is
    'The factors of an experiment, checked against the gates of its pattern; QD005, QD014, QD017, QD019, QD056.';

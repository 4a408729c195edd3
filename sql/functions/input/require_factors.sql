-- The factors of an experiment; {} when absent. Samples are judged on the values of the pattern's
-- gates, so where it has gates a sample holds those, what a bar adds to a threshold
-- (<gate>_adjustment), ts or bar_ts (its open, epoch ms), entry_price, after, and EDX: QD019 for
-- other keys (a misspelt value would be missing evidence). QD005 for NaN, QD014 for wrong shapes
-- and numbers as texts, QD017 for a bar of the future, QD056 for the engine's scores off their
-- scale.
create or replace function learning.require_factors(p_factors jsonb, p_pattern_key text)
returns jsonb
language plpgsql stable parallel safe
set search_path = pg_catalog, pg_temp
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

    with told as (
        select 'factors' as place, f.key, f.value
        from jsonb_each(v_factors - 'samples') as f
        union all
        select 'a sample', f.key, f.value
        from jsonb_array_elements(v_factors -> 'samples') as s (sample)
        cross join jsonb_each(s.sample) as f
    ),
    numbers as (
        select t.place, t.key, t.value::double precision as number
        from told as t
        where jsonb_typeof(t.value) = 'number'
    ),
    problems as (
        select 1 as ordinal, 'QD019' as code,
            format('%L in a sample is no value of a gate of %s', left(t.key, 100), p_pattern_key)
                as problem,
            format('A sample holds %s.', array_to_string(v_known, ', ')) as hint
        from told as t
        where t.place = 'a sample' and t.key <> all (v_known)
        union all
        select 2, 'QD014', format('%s of %s is no number: %s', t.key, t.place,
            left(t.value::text, 100)), 'Numbers stand without quotes: 0.57.'
        from told as t
        where jsonb_typeof(t.value) not in ('number', 'null')
            and (
                t.key = any (v_values)
                or t.place = 'a sample' and t.key in ('entry_price', 'edx_score', 'dx_suppression')
                or t.place = 'a sample' and t.key like '%\_adjustment'
            )
        union all
        select 3, case when n.number < 946684800000 then 'QD014' else 'QD017' end,
            format('%s of a sample is no bar of the past in epoch ms: %s', n.key, n.number),
            'A bar is named by its open in epoch milliseconds UTC.'
        from numbers as n
        where n.place = 'a sample' and n.key in ('ts', 'bar_ts')
            and n.number not between 946684800000
                and extract(epoch from learning.latest_time()) * 1000
        union all
        select 4, 'QD056', format('%s of %s is off its scale: %s', n.key, n.place, n.number),
            format('Scores are %s to %s (an import: --score-scale 100).', s.lowest, s.highest)
        from numbers as n
        join (
            values ('ts_score', 0, 1.25), ('ts_min', 0, 1.25), ('dx_score', 0, 1),
                ('dx_min', 0, 1), ('edx_score', 0, 1), ('ox_score', 0, 1), ('ox', 0, 1),
                ('dx_suppression', 0, 1), ('dx_bonus', 0, 1), ('dx_adjustment', -1, 1)
        ) as s (key, lowest, highest) on s.key = n.key
        where p_pattern_key like 'pm.uptrend.%' and n.number not between s.lowest and s.highest
    )
    select p.problem, p.code, p.hint into v_odd, v_code, v_hint
    from problems as p
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

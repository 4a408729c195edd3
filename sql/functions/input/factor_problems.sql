-- What is wrong with the factors of an experiment of a pattern that has gates: keys of samples that
-- are none of p_known (QD019), values (p_values: of the gates) that are no numbers (QD014), bars
-- that are none of the past (QD014, QD017), scores of the engine off their scale (QD056). No rows
-- where they are good; the smallest ordinal weighs most.
create or replace function learning.factor_problems(
    p_factors jsonb, p_pattern_key text, p_values text[], p_known text[]
)
returns table (ordinal integer, code text, problem text, hint text)
language sql stable parallel safe
as $$
    with told as (
        select 'factors' as place, f.key, f.value
        from jsonb_each(p_factors - 'samples') as f
        union all
        select 'a sample', f.key, f.value
        from jsonb_array_elements(p_factors -> 'samples') as s (sample)
        cross join jsonb_each(s.sample) as f
    ),
    numbers as (
        select t.place, t.key, t.value::double precision as number
        from told as t
        where jsonb_typeof(t.value) = 'number'
    )
    select 1 as ordinal, 'QD019' as code,
        format('%L in a sample is no value of a gate of %s', left(t.key, 100), p_pattern_key)
            as problem,
        format('A sample holds %s.', array_to_string(p_known, ', ')) as hint
    from told as t
    where t.place = 'a sample' and t.key <> all (p_known)
    union all
    select 2, 'QD014', format('%s of %s is no number: %s', t.key, t.place,
        left(t.value::text, 100)), 'Numbers stand without quotes: 0.57.'
    from told as t
    where jsonb_typeof(t.value) not in ('number', 'null')
        and (
            t.key = any (p_values)
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
$$;
comment on function learning.factor_problems(jsonb, text, text[], text[]) is
    'What is wrong with the values of an experiment''s factors and samples; no rows where nothing is.';

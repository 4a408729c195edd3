-- Flags of the market as pm.flag_posture takes them: {driver: {flag: true or false}}; null stands
-- for what is not known. QD060 for anything else.
create or replace function learning.require_flags(p_flags jsonb)
returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
    v_odd text;
begin
    if jsonb_typeof(p_flags) is distinct from 'object' then
        v_odd := 'the flags of the market are not an object';
    else
        select case
                when not exists (
                    select from learning.flag_effects() as e where e.driver = d.key
                ) then format('unknown driver %L', left(d.key, 100))
                when jsonb_typeof(d.value) not in ('object', 'null')
                    then format('the flags of %s are not an object', d.key)
                when not exists (
                    select from learning.flag_effects() as e where e.flag = f.key
                ) then format('unknown flag %L of %s', left(f.key, 100), d.key)
                else format(
                    'the flag %s of %s is neither true nor false: %s', f.key, d.key,
                    left(f.value::text, 100)
                )
            end into v_odd
        from jsonb_each(p_flags) as d
        left join lateral jsonb_each(
            case when jsonb_typeof(d.value) = 'object' then d.value end
        ) as f on true
        where not exists (select from learning.flag_effects() as e where e.driver = d.key)
            or jsonb_typeof(d.value) not in ('object', 'null')
            or not exists (select from learning.flag_effects() as e where e.flag = f.key)
                and f.key is not null
            or jsonb_typeof(f.value) not in ('boolean', 'null')
        order by d.key, f.key
        limit 1;
    end if;
    if v_odd is null then
        return p_flags;
    end if;
    raise exception using
        errcode = 'QD060',
        message = v_odd,
        hint = 'Write {"btc": {"buy": true}, "usdtd": {"emergency": true}}: drivers are usdtd, '
            'bucket, btcd, alt and btc; flags buy, trim and emergency.',
        column = 'flags';
end
$$;
comment on function learning.require_flags(jsonb) is
    'Answers flags of the market; QD060 for an unknown driver or flag, or another shape.';

-- The scope of an imported row of a pattern; {} when absent. QD004 unless it is an object of plain
-- values, QD041 above 2,000 bytes (slices stand in indexes), QD007 for a timeframe we do not have
-- (a pattern of one's own may have its own timeframes).
create or replace function learning.read_scope(p_scope jsonb, p_pattern_key text)
returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
    v_scope jsonb := learning.require_scope(coalesce(nullif(p_scope, 'null'), '{}'));
begin
    if octet_length(v_scope::text) > 2000 then
        raise exception using
            errcode = 'QD041',
            message = format('the scope has %s bytes', octet_length(v_scope::text)),
            hint = 'A scope has 2,000 bytes at most: it says what kind of market it was, in words.',
            column = 'scope';
    end if;
    if v_scope ->> 'timeframe' not in ('1m', '15m', '1h', '4h')
        and p_pattern_key like any (array['pm.uptrend.%', 'dm.%'])
    then
        raise exception using
            errcode = 'QD007',
            message = format('unknown timeframe %L', left(v_scope ->> 'timeframe', 100)),
            hint = 'Timeframes are 15m, 1h, 4h, and 1m in old data.',
            column = 'scope';
    end if;
    return v_scope;
end
$$;
comment on function learning.read_scope(jsonb, text) is
    'The scope of an imported row; QD004, QD007 and QD041 for what is none.';

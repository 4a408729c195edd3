-- The scope given, if it is an object of plain values; QD004 otherwise.
create or replace function learning.require_scope(p_scope jsonb)
returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
    if learning.is_scope(p_scope) then
        return p_scope;
    end if;
    raise exception using
        errcode = 'QD004',
        message = 'the scope is not an object of plain values',
        detail = format('scope: %s', left(p_scope::text, 200)),
        hint = 'A scope maps keys to strings, numbers or booleans: {"timeframe": "15m"}.',
        column = 'scope';
end
$$;
comment on function learning.require_scope(jsonb) is
    'Answers the scope; raises QD004 unless it is an object of strings, numbers and booleans.';

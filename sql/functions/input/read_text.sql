-- A name or word of an imported row: the text of a plain value, null when empty or null. QD014 for
-- an object or array, QD041 for more than 200 characters (names stand in indexes).
create or replace function learning.read_text(p_value jsonb, p_field text)
returns text
language plpgsql immutable parallel safe strict
set search_path = pg_catalog, pg_temp
as $$
declare
    v_text text := nullif(p_value #>> '{}', '');
begin
    if jsonb_typeof(p_value) in ('object', 'array') then
        raise exception using
            errcode = 'QD014', message = format('%s is not a plain value', p_field),
            column = p_field;
    end if;
    if length(v_text) > 200 then
        raise exception using
            errcode = 'QD041',
            message = format('%s has %s characters', p_field, length(v_text)),
            hint = 'Names have 200 characters at most.',
            column = p_field;
    end if;
    return v_text;
end
$$;
comment on function learning.read_text(jsonb, text) is
    'A name or word of an imported row, or null; QD014 and QD041 for anything else.';

-- A number of an imported row; null when absent. QD005 for NaN and infinities (as texts: JSON has
-- none), QD014 for what is no number of double precision, a number written as a text among them.
create or replace function learning.read_number(p_value jsonb, p_field text)
returns double precision
language plpgsql immutable parallel safe strict
set search_path = pg_catalog, pg_temp
as $$
begin
    if p_value = 'null' then
        return null;
    end if;
    if jsonb_typeof(p_value) = 'number' then
        return p_value::double precision;
    end if;
    if p_value #>> '{}' ~* '^\s*[-+]?(nan|inf|infinity)\s*$' then
        raise exception using
            errcode = 'QD005',
            message = format('%s is NaN or infinite', p_field),
            hint = 'Leave the field out where the value is not known.',
            column = p_field;
    end if;
    raise invalid_text_representation;
exception
    when invalid_text_representation or numeric_value_out_of_range then
        raise exception using
            errcode = 'QD014',
            message = format('%s is no number: %s', p_field, left(p_value::text, 100)),
            hint = 'Numbers stand without quotes: 0.05.',
            column = p_field;
end
$$;
comment on function learning.read_number(jsonb, text) is
    'A finite number of an imported row, or null; QD005 and QD014 for anything else.';

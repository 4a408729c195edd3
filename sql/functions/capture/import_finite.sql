-- A number of an imported row from its text; null when empty. QD005 for NaN and infinities, QD014
-- for what is no number of double precision.
create or replace function learning.import_finite(p_value text, p_field text)
returns double precision
language plpgsql immutable parallel safe strict
set search_path = pg_catalog, pg_temp
as $$
declare
    v_number double precision;
begin
    v_number := nullif(p_value, '');
    if not learning.is_finite(v_number) then
        raise exception using
            errcode = 'QD005',
            message = format('%s is NaN or infinite', p_field),
            hint = 'Leave the field out where the value is not known.';
    end if;
    return v_number;
exception
    when invalid_text_representation or numeric_value_out_of_range then
        raise exception using
            errcode = 'QD014',
            message = format('%s is no number: %L', p_field, left(p_value, 100));
end
$$;
comment on function learning.import_finite(text, text) is
    'A finite number of an imported row, or null; QD005 and QD014 for anything else.';

-- A number of an imported row, by its field's name; null when absent. QD005 for NaN and infinities,
-- QD014 for what is no number.
create or replace function learning.import_finite(p_row jsonb, p_field text)
returns double precision
language plpgsql immutable parallel safe
set search_path = ''
as $$
declare
    v_number double precision;
begin
    v_number := nullif(p_row ->> p_field, '');
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
            message = format('%s is no number: %L', p_field, p_row ->> p_field);
end
$$;
comment on function learning.import_finite(jsonb, text) is
    'A finite number of an imported row, or null; QD005 and QD014 for anything else.';

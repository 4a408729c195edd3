-- A time of an imported row from its text (without a zone: UTC); null when empty. QD014 for what is
-- no time, and for times before 1970 or after 2999.
create or replace function learning.import_time(p_value text, p_field text)
returns timestamptz
language plpgsql stable parallel safe strict
set search_path = pg_catalog, pg_temp
set timezone = 'UTC'
as $$
declare
    v_time timestamptz;
begin
    if p_value ~ '^\s*\d' then  -- no 'now', no 'infinity'
        v_time := p_value;
    end if;
    if p_value = '' or v_time >= '1970-01-01' and v_time < '3000-01-01' then
        return v_time;
    end if;
    raise invalid_datetime_format;
exception
    when invalid_datetime_format or datetime_field_overflow or invalid_parameter_value
        or invalid_time_zone_displacement_value
    then
        raise exception using
            errcode = 'QD014',
            message = format('%s is no time: %L', p_field, left(p_value, 100)),
            hint = 'Write times as in 2026-01-15T10:09:00+00:00.';
end
$$;
comment on function learning.import_time(text, text) is
    'A time of an imported row, or null; QD014 for anything else.';

-- A time of an imported row, by its field's name (without a zone: UTC); null when absent. QD014 for
-- what is no time.
create or replace function learning.import_time(p_row jsonb, p_field text)
returns timestamptz
language plpgsql stable parallel safe
set search_path = '' set timezone = 'UTC'
as $$
declare
    v_time timestamptz;
begin
    v_time := nullif(p_row ->> p_field, '');
    return v_time;
exception
    when invalid_datetime_format or datetime_field_overflow then
        raise exception using
            errcode = 'QD014',
            message = format('%s is no time: %L', p_field, p_row ->> p_field),
            hint = 'Write times as in 2026-01-15T10:09:00+00:00.';
end
$$;
comment on function learning.import_time(jsonb, text) is
    'A time of an imported row, or null; QD014 for anything else.';

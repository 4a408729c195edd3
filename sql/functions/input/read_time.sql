-- A time of an imported row, a text (without a zone: UTC); null when empty or null. QD014 for what
-- is no time, and for times before 1970; QD017 for one more than a day after learning.clock().
create or replace function learning.read_time(p_value jsonb, p_field text)
returns timestamptz
language plpgsql stable parallel safe strict
set search_path = pg_catalog, pg_temp
set timezone = 'UTC'
as $$
declare
    v_text text := p_value #>> '{}';
    v_time timestamptz;
begin
    if coalesce(v_text, '') = '' then
        return null;
    end if;
    if jsonb_typeof(p_value) = 'string' and v_text ~ '^\s*\d' then  -- no 'now', no 'infinity'
        v_time := v_text;
    end if;
    if v_time >= '1970-01-01' then
        return learning.require_past(v_time, p_field);
    end if;
    raise invalid_datetime_format;
exception
    when invalid_datetime_format or datetime_field_overflow or invalid_parameter_value
        or invalid_time_zone_displacement_value
    then
        raise exception using
            errcode = 'QD014',
            message = format('%s is no time: %s', p_field, left(p_value::text, 100)),
            hint = 'Write times as texts, as in "2026-01-15T10:09:00+00:00".',
            column = p_field;
end
$$;
comment on function learning.read_time(jsonb, text) is
    'A time of an imported row, or null; QD014 for anything else, QD017 for the future.';

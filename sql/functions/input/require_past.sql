-- The time given, unless it is more than a day after learning.clock(): QD017. Constraints cannot
-- read the clock, so every time that comes from outside passes here.
create or replace function learning.require_past(p_time timestamptz, p_field text)
returns timestamptz
language plpgsql stable parallel safe
set search_path = pg_catalog, pg_temp
set timezone = 'UTC'
as $$
begin
    if p_time > learning.latest_time() then
        raise exception using
            errcode = 'QD017',
            message = format('%s lies in the future: %s', p_field, p_time),
            hint = format(
                'It is %s; a day more is let through. Are the units of the time right?',
                learning.clock()
            ),
            column = p_field;
    end if;
    return p_time;
end
$$;
comment on function learning.require_past(timestamptz, text) is
    'Answers the time; raises QD017 where it is more than a day after learning.clock().';

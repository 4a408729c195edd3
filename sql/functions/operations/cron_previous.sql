-- When a schedule (learning.cron) was due last: its latest time at or before p_at, in UTC; for
-- N seconds that is p_at itself less up to so many. Null where it never is (30 February), or is no
-- schedule. What is due at all is due within 40 years: a leap day that is a Sunday. Runs with its
-- owner's rights, for readers of analyst.health may not enter the schema learning.
create or replace function learning.cron_previous(p_cron text, p_at timestamptz)
returns timestamptz
language plpgsql immutable parallel safe security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_cron learning.cron := learning.cron(p_cron);
    v_at timestamp := p_at at time zone 'UTC';
    v_day date := v_at;
    v_minute integer := 60 * extract(hour from v_at) + extract(minute from v_at);
    v_due integer;
    v_is_day boolean;
    v_is_weekday boolean;
begin
    if v_cron.seconds is not null then
        return to_timestamp(
            floor(extract(epoch from p_at) / v_cron.seconds) * v_cron.seconds
        );
    end if;
    while v_day > v_at::date - 366 * 40 and v_cron.minutes is not null loop
        v_is_day := extract(day from v_day) = any (v_cron.days);
        v_is_weekday := extract(dow from v_day) = any (v_cron.weekdays);
        if extract(month from v_day) <> all (v_cron.months) then
            v_day := date_trunc('month', v_day)::date - 1;
        else
            if v_is_day and v_is_weekday or (v_is_day or v_is_weekday) and not v_cron.both_days then
                select max(60 * h.hour + m.minute) into v_due
                from unnest(v_cron.hours) as h (hour)
                cross join unnest(v_cron.minutes) as m (minute)
                where 60 * h.hour + m.minute <= v_minute;
                if v_due is not null then
                    return (v_day + make_interval(mins => v_due)) at time zone 'UTC';
                end if;
            end if;
            v_day := v_day - 1;
        end if;
        v_minute := 24 * 60;
    end loop;
    return null;
end
$$;
comment on function learning.cron_previous(text, timestamptz) is
    'The latest time at or before p_at at which a schedule was due (UTC); null where it never is.';

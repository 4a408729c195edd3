-- A cron expression as pg_cron takes it: five fields, or 'N seconds' (1 to 59). As in every cron, a
-- day has to be of both its fields only where one of them begins with *. Null where it is none.
create or replace function learning.cron(p_cron text) returns learning.cron
language sql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
    with fields as (
        select regexp_split_to_array(btrim(p_cron, E' \t'), '[ \t]+') as f,
            substring(p_cron from '(?i)^\s*([1-9]|[1-5]\d)\s+seconds?\s*$')::integer as seconds
    ),
    parts as (
        select f.seconds,
            learning.cron_values(f.f[1], 0, 59) as minutes,
            learning.cron_values(f.f[2], 0, 23) as hours,
            learning.cron_values(f.f[3], 1, 31) as days,
            learning.cron_values(
                f.f[4], 1, 12, '{jan,feb,mar,apr,may,jun,jul,aug,sep,oct,nov,dec}'
            ) as months,
            (
                select array_agg(distinct w.day % 7)
                from unnest(
                    learning.cron_values(f.f[5], 0, 7, '{sun,mon,tue,wed,thu,fri,sat,sun}')
                ) as w (day)
            ) as weekdays,
            f.f[3] ^@ '*' or f.f[5] ^@ '*' as both_days,
            cardinality(f.f) = 5 as is_five
        from fields as f
    )
    select case
        when p.seconds is not null
            then row(p.seconds, null, null, null, null, null, null)::learning.cron
        when p.is_five and p.minutes is not null and p.hours is not null and p.days is not null
            and p.months is not null and p.weekdays is not null
            then row(
                null, p.minutes, p.hours, p.days, p.months, p.weekdays, p.both_days
            )::learning.cron
    end
    from parts as p
$$;
comment on function learning.cron(text) is
    'Reads a cron expression (five fields, or N seconds); null where it is none.';

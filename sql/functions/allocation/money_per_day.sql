-- What a timeframe made per budget-day (a unit put into each of its trades, over all days from the
-- first trade of any timeframe to the newest, at most 365), the spread of that mean from day to
-- day, and how sure the differences between timeframes are: 0..1, 1 - (95 % quantile of chi-square)
-- / Q, Q the squared distances from their mean in spreads. 0: such differences come from noise
-- alone. Known from two timeframes with five days of trades each.
create or replace function learning.money_per_day()
returns table (
    timeframe text, days bigint, money_per_day double precision, spread double precision,
    surety double precision
)
language sql stable parallel safe security definer rows 3
set search_path = pg_catalog, pg_temp
as $$
    with recent as materialized (
        select d.timeframe, d.day, d.money
        from learning.allocation_days as d
        where d.day > (select max(n.day) from learning.allocation_days as n) - 365
    ),
    span as (
        select max(r.day) - min(r.day) + 1 as days from recent as r
    ),
    made as (
        select r.timeframe, count(*) as days_with_trades, s.days::double precision as days,
            sum(r.money order by r.day) as money, sum(r.money * r.money order by r.day) as money2
        from recent as r
        cross join span as s
        group by r.timeframe, s.days
    ),
    means as (
        select m.timeframe, m.days, m.money / m.days as mean, case
                when m.days_with_trades >= 5 and m.money2 > m.money * m.money / m.days
                    then (m.money2 - m.money * m.money / m.days) / (m.days - 1) / m.days
            end as variance
        from made as m
    ),
    center as (
        select sum(m.mean / m.variance) / sum(1 / m.variance) as mean, count(*) as timeframes,
            bool_and(m.variance is not null) as is_known
        from means as m
    ),
    apart as (
        select case when bool_and(c.is_known) then
                sum((m.mean - c.mean) ^ 2 / m.variance order by m.timeframe) end as q,
            case max(c.timeframes) when 2 then 3.841459 when 3 then 5.991465 end as noise
        from means as m
        cross join center as c
    )
    select m.timeframe, m.days::bigint, m.mean, sqrt(m.variance),
        coalesce(greatest(0, 1 - a.noise / nullif(a.q, 0)), 0)
    from means as m
    cross join apart as a
$$;
comment on function learning.money_per_day() is
    'Money per budget-day per timeframe, its spread, and how sure the differences are (0: noise, towards 1).';

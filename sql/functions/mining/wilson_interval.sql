-- The Wilson score interval of a rate seen p_successes times in p_trials trials; either may be
-- fractional (effective windows). p_z: normal quantile of the level, 95 % by default. Null bounds
-- when there are no trials. E. B. Wilson, 1927.
create or replace function learning.wilson_interval(
    p_successes double precision, p_trials double precision,
    p_z double precision default 1.959963984540054
)
returns table (low double precision, high double precision)
language sql immutable parallel safe
as $$
    select case when w.centre is not null then greatest(0, w.centre - w.half) end,
        case when w.centre is not null then least(1, w.centre + w.half) end
    from (
        select (r.rate + r.zz / 2) / (1 + r.zz) as centre,
            sqrt(r.rate * (1 - r.rate) * r.zz + r.zz * r.zz / 4) / (1 + r.zz) as half
        from (
            select p_successes / nullif(p_trials, 0) as rate,
                p_z * p_z / nullif(p_trials, 0) as zz
        ) as r
    ) as w
$$;
comment on function
    learning.wilson_interval(double precision, double precision, double precision) is
    'The Wilson interval of successes in trials (both may be fractional), 95 % unless told otherwise; nulls for no trials.';

-- The 95 % Wilson score interval of a rate seen p_successes times in p_trials trials; either may be
-- fractional (effective windows). Null bounds when there are no trials. E. B. Wilson, 1927.
create or replace function learning.wilson_interval(
    p_successes double precision, p_trials double precision
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
                3.841458820694124 / nullif(p_trials, 0) as zz
        ) as r
    ) as w
$$;
comment on function learning.wilson_interval(double precision, double precision) is
    'The 95 % Wilson interval of successes in trials (both may be fractional); nulls for no trials.';

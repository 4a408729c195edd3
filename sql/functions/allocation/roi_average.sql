-- An exponentially weighted average of ROIs (fractions) after one more trade: the mass behind it
-- fades with the time since the newest trade, the new trade weighs 1; a late trade (closed before
-- the newest) weighs what it would weigh by now, and nothing fades. No average yet (null mean):
-- the trade is it. 12 decimals.
create or replace function learning.roi_average(
    p_mean numeric, p_mass numeric, p_newest_at timestamptz, p_roi numeric,
    p_closed_at timestamptz, p_tau interval
)
returns table (mean numeric, mass numeric)
language sql immutable parallel safe rows 1
as $$
    select trim_scale(round(p_mean + a.weight * (p_roi - p_mean) / a.mass, 12)),
        trim_scale(round(a.mass, 12))
    from (
        select w.weight, p_mass * w.fading + w.weight as mass
        from (
            select extract(epoch from p_closed_at - p_newest_at) / extract(epoch from p_tau) as age
        ) as t
        cross join lateral (
            select exp(-greatest(t.age, 0)) as fading, exp(least(t.age, 0)) as weight
        ) as w
    ) as a
    where p_mean is not null
    union all
    select trim_scale(round(p_roi, 12)), 1
    where p_mean is null
$$;
comment on function learning.roi_average(
    numeric, numeric, timestamptz, numeric, timestamptz, interval
) is
    'Mean and mass of an exponentially weighted ROI average after one more trade, late ones included.';

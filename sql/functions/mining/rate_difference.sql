-- Does a slice succeed more or less often than the rest of its parent? Difference of the two rates,
-- z (>= 0) and two-sided p of Fisher's exact test (twice the smaller tail), by the saddlepoint
-- approximation with continuity correction: z = w + ln(u / w) / w of the likelihood root w and the
-- score u, both taken half a success nearer to equality (Skovgaard 1987; Pierce and Peters 1992).
-- Counts may be fractional (effective windows). Nulls where either side is empty. The offsets keep
-- each figure from being worked out again in every figure made of it. Atomic: see rate_stats.
create or replace function learning.rate_difference(
    p_successes double precision, p_trials double precision,
    p_rest_successes double precision, p_rest_trials double precision
)
returns table (difference double precision, z double precision, p double precision)
language sql immutable parallel safe
begin atomic
    select d.difference, case when d.difference is not null then z.z end,
        case when d.difference is not null then least(1, 2 * learning.normal_tail(z.z)) end
    from (
        select p_successes / nullif(p_trials, 0) - p_rest_successes / nullif(p_rest_trials, 0)
                as difference,
            p_trials + p_rest_trials as n,
            p_successes + p_rest_successes as successes,
            p_trials + p_rest_trials - p_successes - p_rest_successes as failures,
            p_successes - p_trials * (p_successes + p_rest_successes)
                / nullif(p_trials + p_rest_trials, 0) as surplus
        offset 0
    ) as d
    left join lateral (
        select sqrt(greatest(0, 2 * (
                t.a * ln(t.a * d.n / (p_trials * d.successes))
                + (p_trials - t.a) * ln((p_trials - t.a) * d.n / (p_trials * d.failures))
                + t.c * ln(t.c * d.n / (p_rest_trials * d.successes))
                + (p_rest_trials - t.c)
                    * ln((p_rest_trials - t.c) * d.n / (p_rest_trials * d.failures))
            ))) as w,
            (abs(d.surplus) - 0.5) * d.n
                * sqrt(d.n / (p_trials * p_rest_trials * d.successes * d.failures)) as u
        -- The 2 x 2 table half a success nearer to equality: where it is made no cell is 0.
        from (
            select p_successes - sign(d.surplus) / 2 as a,
                p_rest_successes + sign(d.surplus) / 2 as c
            where abs(d.surplus) > 0.5
            offset 0
        ) as t
        offset 0
    ) as r on true
    cross join lateral (
        -- Near equality the correction is 0 / 0, and p is 1 or close to it.
        select case when r.w > 0.1 then greatest(0, r.w + ln(r.u / r.w) / r.w)
            else coalesce(r.w, 0) end as z
        offset 0
    ) as z;
end;
comment on function learning.rate_difference(
    double precision, double precision, double precision, double precision
) is
    'Difference of two success rates with z and two-sided p of the (approximate) exact test; counts may be fractional.';

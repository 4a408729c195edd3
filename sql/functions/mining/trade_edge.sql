-- The edge of a slice's trades over the mean of its pattern (ROIs are fractions): excess ROI x
-- reliability x (support + s(mean) + time efficiency + calm) x decay. p_half_life: of |roi|, in
-- hours, null where no decay is measurable; p_hold_hours: mean hold. s is the logistic function.
create or replace function learning.trade_edge(
    p_n bigint, p_mean_roi double precision, p_var_roi double precision,
    p_global_mean_roi double precision, p_hold_hours double precision,
    p_half_life double precision
)
returns double precision
language sql immutable parallel safe
as $$
    select (p_mean_roi - p_global_mean_roi)
        / (1 + p_var_roi + 0.25 / p_n)
        * (
            1 - exp(-p_n / 50.0::double precision)
            + 1 / (1 + exp(-greatest(-100, least(100, p_mean_roi))))
            + 1 / (1 + coalesce(p_hold_hours, 0) / 24)
            + 1 / (1 + p_var_roi)
        )
        * learning.trade_decay(p_half_life)
$$;
comment on function learning.trade_edge(
    bigint, double precision, double precision, double precision, double precision,
    double precision
) is
    'edge_raw_roi of a slice of trades: a fraction; 0 where its mean is that of its pattern.';

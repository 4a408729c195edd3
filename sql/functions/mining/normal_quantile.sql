-- The z whose upper tail P(Z > z) is p_tail, for p_tail up to 0.075, to about seven digits.
-- M. J. Wichura, 1988, algorithm AS 241, PPND7.
create or replace function learning.normal_quantile(p_tail double precision)
returns double precision
language sql immutable parallel safe
as $$
    select case when r.r <= 5
        then (1.42343727 + (r.r - 1.6) * (2.75681539 + (r.r - 1.6) * (1.30672848
                + (r.r - 1.6) * 0.170238209)))
            / (1 + (r.r - 1.6) * (0.7370016425 + (r.r - 1.6) * 0.120211326))
        else (6.65790518 + (r.r - 5) * (3.08122639 + (r.r - 5) * (0.428682873
                + (r.r - 5) * 0.0173372031)))
            / (1 + (r.r - 5) * (0.2419789429 + (r.r - 5) * 0.01225820264))
    end
    from (select sqrt(-ln(p_tail)) as r offset 0) as r
$$;
comment on function learning.normal_quantile(double precision) is
    'The standard normal quantile of a small upper tail.';

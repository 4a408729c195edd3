-- P(Z > p_z) of the standard normal, p_z >= 0, to 1.2e-7 of itself however small it is (up to
-- p_z = 37, where it stays). Chebyshev fit of erfc: Press et al., Numerical Recipes, 6.2.
create or replace function learning.normal_tail(p_z double precision)
returns double precision
language sql immutable parallel safe
as $$
    select 0.5 * f.t * exp(-f.x * f.x - 1.26551223 + f.t * (1.00002368 + f.t * (0.37409196
        + f.t * (0.09678418 + f.t * (-0.18628806 + f.t * (0.27886807 + f.t * (-1.13520398
        + f.t * (1.48851587 + f.t * (-0.82215223 + f.t * 0.17087277)))))))))
    from (
        select x.x, 1 / (1 + 0.5 * x.x) as t
        from (select least(37, greatest(0, p_z)) / 1.4142135623730951 as x offset 0) as x
        offset 0
    ) as f
$$;
comment on function learning.normal_tail(double precision) is
    'Upper tail of the standard normal distribution at z >= 0.';

-- What a share of capital would be multiplied with for an edge (a fraction): a step of 0.02 per
-- 0.05 of edge, within 0.7..1.3.
create or replace function learning.target_multiplier(p_edge double precision)
returns double precision
language sql immutable parallel safe
as $$
    select least(1.3, greatest(0.7, 1 + 0.02 * 20 * p_edge))
$$;
comment on function learning.target_multiplier(double precision) is
    'The multiplier of capital that an edge (a fraction) asks for, 0.7 to 1.3.';

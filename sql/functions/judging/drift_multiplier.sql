-- exp(-0.005 x pressure) for a threshold (at_least), exp(+0.005 x pressure) for a distance
-- (at_most), within 0.5..2 and then within the grid's range (multipliers of base).
create or replace function learning.drift_multiplier(
    p_pressure bigint, p_direction text, p_lowest double precision, p_highest double precision
)
returns double precision
language sql immutable parallel safe
as $$
    select least(p_highest, greatest(p_lowest, least(2.0, greatest(0.5, exp(
        case p_direction when 'at_most' then 0.005 else -0.005 end
        * greatest(-1000, least(1000, p_pressure))::double precision
    )))))
$$;
comment on function learning.drift_multiplier(bigint, text, double precision, double precision) is
    'The multiplier drift gives a gate at a pressure (misses - false positives), clamped.';

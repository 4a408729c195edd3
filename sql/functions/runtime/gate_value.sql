-- The value of a gate under an override: base x multiplier + delta, within the gate's range; base
-- where there is no override (nulls). Everything in the gate's unit but the multiplier.
create or replace function learning.gate_value(
    p_base double precision, p_multiplier double precision, p_delta double precision,
    p_min double precision, p_max double precision
)
returns double precision
language sql immutable parallel safe
as $$
    select least(
        greatest(p_base * coalesce(p_multiplier, 1) + coalesce(p_delta, 0), p_min), p_max
    )
$$;
comment on function learning.gate_value(
    double precision, double precision, double precision, double precision, double precision
) is 'base x multiplier + delta, within the gate''s range.';

-- exp(0.2 x ladder pressure) within 0.7..1.5: more threes than ones spread the DX arms.
create or replace function learning.ladder_multiplier(p_pressure double precision)
returns double precision
language sql immutable parallel safe
as $$
    select least(1.5, greatest(0.7, exp(0.2 * greatest(-100, least(100, p_pressure)))))
$$;
comment on function learning.ladder_multiplier(double precision) is
    'Multiplier of the DX arms'' distance at a ladder pressure ((threes - ones) / successes), '
    'clamped.';

-- What a flag of a driver adds to A (and takes from E): effect of the flag x weight of the driver.
-- Dominance of dollars and of BTC is inverse for buy and trim; an emergency never adds.
create or replace function learning.flag_effects()
returns table (driver text, flag text, effect numeric)
language sql immutable parallel safe rows 15
as $$
    select d.driver, f.flag,
        f.effect * d.weight * case when d.is_inverse and f.flag <> 'emergency' then -1 else 1 end
    from (
        values ('usdtd', 1.0, true), ('bucket', 0.9, false), ('btcd', 0.7, true),
            ('alt', 0.5, false), ('btc', 0.3, false)
    ) as d (driver, weight, is_inverse)
    cross join (
        values ('buy', 0.15), ('trim', -0.20), ('emergency', -0.40)
    ) as f (flag, effect)
$$;
comment on function learning.flag_effects() is
    'Per driver and flag of the market what it adds to A and takes from E.';

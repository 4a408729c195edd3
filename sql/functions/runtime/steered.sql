-- A or E after a delta (-1..1): up by that part of what is left to 1, down by that part of what
-- there is; within 0..1.
create or replace function learning.steered(p_value double precision, p_delta double precision)
returns double precision
language sql immutable parallel safe
as $$
    select greatest(0, least(1, case
        when p_delta >= 0 then p_value + p_delta * (1 - p_value)
        else p_value * (1 + p_delta)
    end))
$$;
comment on function learning.steered(double precision, double precision) is
    'A or E (0..1) after a delta: never out of 0..1, never more than the room there is.';

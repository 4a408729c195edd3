-- What an entry takes of what is free, by A (0..1): 0.10 + 0.50 A, without an underflow at the
-- smallest A.
create or replace function learning.entry_size(p_a double precision)
returns double precision
language sql immutable parallel safe
as $$
    select 0.50 * (0.20 + p_a)
$$;
comment on function learning.entry_size(double precision) is
    'The size of an entry (a fraction of what is free) under A (0..1).';

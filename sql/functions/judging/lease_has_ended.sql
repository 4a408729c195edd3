-- Is a request leased until then free again? Leases last 60 seconds by the server's clock; one that
-- ends later than that was given before the clock went back, and would never end.
create or replace function learning.lease_has_ended(p_until timestamptz)
returns boolean
language sql volatile
as $$
    select p_until not between clock_timestamp() and clock_timestamp() + interval '60 seconds'
$$;
comment on function learning.lease_has_ended(timestamptz) is
    'True where the time lies in the past, or farther ahead than a lease lasts: the clock went back.';

-- How long ago a moment of the server's own clock is: seconds, to the millisecond.
create or replace function learning.seconds_since(p_at timestamptz)
returns numeric
language sql volatile parallel safe
as $$
    select round(extract(epoch from clock_timestamp() - p_at)::numeric, 3)
$$;
comment on function learning.seconds_since(timestamptz) is
    'Seconds since a moment of the server''s own clock, to the millisecond.';

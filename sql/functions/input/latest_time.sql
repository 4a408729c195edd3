-- The latest moment that can have happened: the clock and a day, for clocks that differ.
create or replace function learning.latest_time()
returns timestamptz
language sql stable parallel safe
as $$
    select learning.clock() + interval '1 day'
$$;
comment on function learning.latest_time() is
    'learning.clock() + 1 day (UTC): times beyond it are refused.';

-- The name that a window, episode, attempt or trade has in the database: what it is called within
-- its run after the run's label, so that two runs, or two strategies, never mean one thing by it.
-- Without a run, and of a name that begins so already, the name itself.
create or replace function learning.in_run(p_run text, p_name text)
returns text
language sql immutable parallel safe
as $$
    select case when p_run is null or starts_with(p_name, p_run || ':') then p_name
        else p_run || ':' || p_name end
$$;
comment on function learning.in_run(text, text) is
    'A name within a run as the database has it: the run''s label, a colon, the name.';

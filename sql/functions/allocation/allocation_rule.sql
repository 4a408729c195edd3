-- The constants of the allocation's rule: largest_step (of a share, by one trade), floor (the least
-- desired share), full_steps_from (trades of every timeframe), short_days and long_days (what the
-- two ROI averages forget by). Constant where it is called with a constant, so it costs nothing.
create or replace function learning.allocation_rule(p_name text)
returns numeric
language sql immutable parallel safe
as $$
    select case p_name
        when 'largest_step' then 0.003
        when 'floor' then 0.05
        when 'full_steps_from' then 5
        when 'short_days' then 14
        when 'long_days' then 90
    end
$$;
comment on function learning.allocation_rule(text) is
    'A constant of the allocation: largest_step and floor (shares, 0..1), full_steps_from (trades), short_days, long_days.';

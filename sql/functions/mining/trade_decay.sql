-- How much of an edge is left to go by: 0.5 where it is gone at once, 1 from a half-life of a week
-- (168 hours) on, and where no decay is measurable (null).
create or replace function learning.trade_decay(p_half_life double precision)
returns double precision
language sql immutable parallel safe
as $$
    select coalesce(0.5 + 0.5 * least(1, p_half_life / 168), 1)
$$;
comment on function learning.trade_decay(double precision) is
    'The factor of an edge whose half-life is so many hours; null: no decay is measurable.';

-- The patterns whose lessons from trades may have changed by p_as_of: those in the outbox
-- trades_dirty and those that time or a change of settings calls up (is_to_be_mined_again).
create or replace function learning.trades_to_mine(p_as_of timestamptz)
returns setof text
language sql stable
as $$
    select d.pattern_key from learning.trades_dirty as d
    union
    select m.pattern_key
    from learning.mined_trades as m
    where learning.is_to_be_mined_again(
        p_as_of, m.pattern_key, m.as_of, m.due_at, m.configuration
    )
$$;
comment on function learning.trades_to_mine(timestamptz) is
    'Patterns whose trades changes, time or a change of settings call up.';

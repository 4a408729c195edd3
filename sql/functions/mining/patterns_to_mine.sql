-- The patterns whose rates may have changed by p_as_of: those in the outbox mining_dirty and those
-- that changed without any experiment changing (is_to_be_mined_again).
create or replace function learning.patterns_to_mine(p_as_of timestamptz)
returns setof text
language sql stable
as $$
    select d.pattern_key from learning.mining_dirty as d
    union
    select m.pattern_key
    from learning.mined_patterns as m
    where learning.is_to_be_mined_again(
        p_as_of, m.pattern_key, m.as_of, m.due_at, m.configuration
    )
$$;
comment on function learning.patterns_to_mine(timestamptz) is
    'Patterns that changes of experiments, time or a change of settings call up.';

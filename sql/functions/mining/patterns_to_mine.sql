-- The patterns whose rates may have changed by p_as_of: those in the outbox mining_dirty and those
-- that changed without any experiment changing, for time moved past their due_at (or back), or they
-- were mined with other settings or dimensions.
create or replace function learning.patterns_to_mine(p_as_of timestamptz)
returns setof text
language sql stable
as $$
    select d.pattern_key from learning.mining_dirty as d
    union
    select m.pattern_key
    from learning.mined_patterns as m
    where p_as_of >= m.due_at
        or p_as_of < m.as_of
        or m.configuration is distinct from learning.mining_configuration(m.pattern_key)
$$;
comment on function learning.patterns_to_mine(timestamptz) is
    'Patterns that changes of experiments, time or a change of settings call up.';

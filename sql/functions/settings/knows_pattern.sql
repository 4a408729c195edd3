-- Is there anything of a pattern: gates, windows or trades?
create or replace function learning.knows_pattern(p_pattern_key text)
returns boolean
language sql stable parallel safe
as $$
    select exists (select from learning.gates as g where g.pattern_key = p_pattern_key)
        or exists (
            select from learning.pattern_episode_events as e where e.pattern_key = p_pattern_key
        )
        or exists (
            select from learning.pattern_trade_events as t where t.pattern_key = p_pattern_key
        )
$$;
comment on function learning.knows_pattern(text) is
    'Whether a pattern has gates, windows or trades.';

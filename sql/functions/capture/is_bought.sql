-- Does what is told of a stored window correct it: a skip that was bought after all? That takes the
-- trade, for a mistaken word alone is no purchase.
create or replace function learning.is_bought(
    p_stored learning.pattern_episode_events, p_told learning.pattern_episode_events
)
returns boolean
language sql immutable parallel safe
as $$
    select coalesce(
        (p_stored).decision = 'skipped' and (p_told).decision = 'acted'
            and (p_told).trade_id is not null,
        false
    )
$$;
comment on function
    learning.is_bought(learning.pattern_episode_events, learning.pattern_episode_events) is
    'Is a stored skip told to have been bought, with its trade?';

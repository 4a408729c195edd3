-- Closes as neutral the windows that have been pending longer than their pattern's pending_max_days
-- at p_as_of; a real outcome that arrives later replaces it. Returns how many.
create or replace function learning.close_stale_pendings(p_as_of timestamptz)
returns bigint
language sql volatile
as $$
    with limits as (
        select k.pattern_key,
            make_interval(
                days => learning.setting(k.pattern_key, 'pending_max_days')::integer
            ) as age
        from (
            select distinct e.pattern_key
            from learning.pattern_episode_events as e
            where e.outcome is null
        ) as k
    ),
    closed as (
        update learning.pattern_episode_events as e
        set outcome = 'neutral', outcome_reason = 'pending too long', outcome_at = p_as_of
        from limits as l
        where e.pattern_key = l.pattern_key
            and e.outcome is null
            and e.opened_at < p_as_of - l.age
        returning 1
    )
    select count(*) from closed
$$;
comment on function learning.close_stale_pendings(timestamptz) is
    'Gives windows pending longer than pending_max_days the outcome neutral; returns how many.';

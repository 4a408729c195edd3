-- The experiments a pattern is judged on: success or failure, decided within the lookback before
-- p_as_of, policy skips too. Ids with row versions, oldest decision first: a worker asks for the
-- rows it has not seen.
create or replace function learning.judging_events(p_pattern_key text, p_as_of timestamptz)
returns table (ids bigint[], versions text[])
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select
        coalesce(array_agg(e.id order by e.decided_at, e.id), '{}'),
        coalesce(array_agg(e.xmin::text || e.ctid::text order by e.decided_at, e.id), '{}')
    from learning.pattern_episode_events as e
    where e.pattern_key = p_pattern_key
        and e.outcome in ('success', 'failure')
        and e.decided_at <= p_as_of
        and e.decided_at > p_as_of - make_interval(
            days => learning.setting(p_pattern_key, 'lookback_days')::integer
        )
$$;
comment on function learning.judging_events(text, timestamptz) is
    'Ids and row versions of the experiments a pattern is judged on, in order of decision.';

-- The windows with these ids; null: all. Two branches: see windows_of_attempts.
create or replace function learning.some_windows(p_ids bigint[])
returns setof learning.pattern_episode_events
language sql stable
as $$
    select e.* from learning.pattern_episode_events as e where p_ids is null
    union all
    select e.* from learning.pattern_episode_events as e where e.id = any (p_ids)
$$;
comment on function learning.some_windows(bigint[]) is 'The windows with these ids, or all.';

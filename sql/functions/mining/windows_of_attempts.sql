-- The windows of some attempts of a pattern; p_attempts null: of all. Two branches, so that a plan
-- that is kept, and knows neither, finds some attempts by the index and leaves the other out.
create or replace function learning.windows_of_attempts(p_pattern_key text, p_attempts text[])
returns setof learning.pattern_episode_events
language sql stable
as $$
    select e.*
    from learning.pattern_episode_events as e
    where e.pattern_key = p_pattern_key and p_attempts is null
    union all
    select e.*
    from learning.pattern_episode_events as e
    where e.pattern_key = p_pattern_key and e.attempt_id = any (p_attempts)
$$;
comment on function learning.windows_of_attempts(text, text[]) is
    'The windows of some attempts of a pattern, or of all.';

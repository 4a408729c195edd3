-- The windows that change sides under a solution, as its newest look saw them
-- (learning.stored_sides). Oldest first; none for a proposal no look has watched yet.
create or replace function learning.changed_windows(p_solution_id bigint)
returns table (
    id bigint, window_id text, opened_at timestamptz, scope jsonb, token text, outcome text,
    roi double precision, kind integer, value double precision
)
language sql stable
as $$
    select e.id, e.window_id, e.opened_at, e.scope, c.symbol, e.outcome, e.roi, u.kind, u.value
    from learning.standing_of(p_solution_id) as n
    cross join lateral learning.stored_sides(n.look_id, n.lesson_id, n.candidate) as u
    join learning.pattern_episode_events as e on e.id = u.id
    left join learning.lowcap_positions as c on c.position_id = e.position_id
    order by e.opened_at, e.id
$$;
comment on function learning.changed_windows(bigint) is
    'The windows that change sides under a solution: admitted 1, refused -1, another bar 0.';

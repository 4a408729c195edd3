-- The windows that change sides under a solution, as its newest look saw them: admitted (1),
-- refused (-1) or bought at another bar (0), with the difference in ROI. Oldest first; none for a
-- proposal no look has watched yet.
create or replace function learning.changed_windows(p_solution_id bigint)
returns table (
    id bigint, window_id text, opened_at timestamptz, scope jsonb, token text, outcome text,
    roi double precision, kind integer, value double precision
)
language sql stable
as $$
    with found as (
        select g.sides -> n.candidate::text as sides
        from learning.standing_of(p_solution_id) as n
        join learning.gate_simulations as g
            on g.look_id = n.look_id
            and g.lesson_id = n.lesson_id
            and g.sides ? n.candidate::text
        order by g.id = (n.simulation).id desc, g.id desc
        limit 1
    )
    select e.id, e.window_id, e.opened_at, e.scope, c.symbol, e.outcome, e.roi, u.kind::integer,
        u.value::double precision
    from found as f
    cross join lateral rows from (
        jsonb_array_elements_text(f.sides -> 'windows'),
        jsonb_array_elements_text(f.sides -> 'kinds'),
        jsonb_array_elements_text(f.sides -> 'values')
    ) as u (id, kind, value)
    join learning.pattern_episode_events as e on e.id = u.id::bigint
    left join learning.lowcap_positions as c on c.position_id = e.position_id
    order by e.opened_at, e.id
$$;
comment on function learning.changed_windows(bigint) is
    'The windows that change sides under a solution: admitted 1, refused -1, another bar 0.';

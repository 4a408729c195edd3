-- Slices of a look that may carry the effect of a broader one: inside it, without a solution of
-- their own so far, and good enough for one (or to keep theirs) when compared with base alone. The
-- strongest first.
create or replace function learning.carriers(
    p_look_id bigint, p_lesson_id bigint, p_even_payoff boolean
)
returns setof jsonb
language sql stable
as $$
    select s.scope_subset
    from learning.look_slices as me
    join learning.looks as k on k.id = me.look_id
    join learning.look_slices as s
        on s.look_id = me.look_id
        and s.depth > me.depth
        and s.scope_subset @> me.scope_subset
        and s.candidate is null
        and not s.is_banned
    join learning.gate_simulations as g
        on g.look_id = s.look_id
        and g.lesson_id = s.lesson_id
        and g.reference = '[]'
        and g.exclusions = '[]'
    where me.look_id = p_look_id
        and me.lesson_id = p_lesson_id
        and learning.chosen_candidate(g, k, s.depth, p_even_payoff, s.in_force) is not null
    order by (select max(u.z) from unnest(g.z) as u (z)) desc, s.place
$$;
comment on function learning.carriers(bigint, bigint, boolean) is
    'Scopes inside a slice that alone may carry its effect, the strongest first.';

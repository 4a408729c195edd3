-- The solution that would govern a slice (items) which has none of its own: that of the most
-- specific kept slice above it; ties: confidence, then n. No row where there is none, or where the
-- most specific is a neutral pin.
create or replace function learning.governing_solution(p_pattern_key text, p_items text[])
returns table (lesson_id bigint, candidate integer, q double precision)
language sql stable
as $$
    with above as (
        select t.lesson_id, s.verdict, coalesce(g.candidate, s.candidate) as candidate,
            coalesce(g.q, s.q) as q
        from learning.tuning_lessons as t
        join learning.gate_simulations as s on s.lesson_id = t.lesson_id and s.kind = 'own'
        left join learning.gate_simulations as g
            on g.lesson_id = t.lesson_id and g.kind = 'governed' and g.verdict = 'kept'
        where t.pattern_key = p_pattern_key
            and t.items <@ p_items
            and t.items <> p_items
            and s.verdict in ('kept', 'pinned')
        order by t.depth desc, coalesce(g.q, s.q), s.n_events desc, t.lesson_id
        limit 1
    )
    select a.lesson_id, a.candidate, a.q
    from above as a
    where a.verdict = 'kept'
$$;
comment on function learning.governing_solution(text, text[]) is
    'The kept solution a slice without one of its own would fall under.';

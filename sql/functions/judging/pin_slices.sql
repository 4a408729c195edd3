-- Pins the slices of a pattern without a solution of their own which lose, on their own events,
-- under the solution that would govern them: that of the most specific kept slice above; ties:
-- confidence, then n. Broad slices first, because a pin governs what is below it. Returns how many
-- it pinned.
create or replace function learning.pin_slices(p_pattern_key text)
returns bigint
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_depth integer;
    v_pinned bigint := 0;
    v_now bigint;
begin
    if learning.evidence_q(p_pattern_key) >= 1 then
        return 0;
    end if;
    for v_depth in
        select distinct t.depth
        from learning.tuning_lessons as t
        where t.pattern_key = p_pattern_key and t.depth > 0
        order by 1
    loop
        with slices as materialized (
            select t.lesson_id, t.items, t.depth, s.id, s.verdict, s.q, s.n_events,
                s.candidate
            from learning.tuning_lessons as t
            join learning.gate_simulations as s on s.lesson_id = t.lesson_id and s.kind = 'own'
            where t.pattern_key = p_pattern_key
                and t.closed and t.simulated and t.depth <= v_depth
        ),
        solutions as materialized (
            select s.lesson_id, s.items, s.depth, s.verdict, s.n_events,
                coalesce(g.candidate, s.candidate) as candidate, coalesce(g.q, s.q) as q
            from slices as s
            left join learning.gate_simulations as g
                on g.lesson_id = s.lesson_id and g.kind = 'governed' and g.verdict = 'kept'
            where s.verdict in ('kept', 'pinned') and s.depth < v_depth
        ),
        governed as (
            select distinct on (s.id) s.id, u.lesson_id, u.verdict, u.candidate
            from slices as s
            join solutions as u on u.items <@ s.items
            where s.depth = v_depth and s.verdict in ('none', 'proposed')
            order by s.id, u.depth desc, u.q, u.n_events desc, u.lesson_id
        )
        update learning.gate_simulations as g
        set verdict = 'pinned', governed_by = a.lesson_id
        from governed as a
        where g.id = a.id
            and a.verdict = 'kept'
            and g.benefit[a.candidate] < g.cost[a.candidate];
        get diagnostics v_now = row_count;
        v_pinned := v_pinned + v_now;
    end loop;
    return v_pinned;
end
$$;
comment on function learning.pin_slices(text) is
    'Marks the slices of a pattern which the solution governing them would hurt as pinned; returns '
    'how many.';

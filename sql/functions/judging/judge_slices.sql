-- Gives every simulated slice of a pattern its q and its verdict (gate_simulations.verdict), for a
-- run whose simulations are there. From the most specific accepted slice upward, one that has kept
-- slices below it is judged on the events it would govern: its own candidate must still qualify
-- there, at p <= evidence_q / 2 (no search is paid for twice). Where that grid is missing it is
-- requested, the slice stays 'accepted', and the number of requests made is returned: 0 means all
-- is decided. With evidence_q 1 every slice that qualifies is kept, and none is pinned. A slice
-- without evidence in this run (held_lessons) keeps its verdict, and one in force still governs
-- its events.
create or replace function learning.judge_slices(
    p_run_id bigint, p_as_of timestamptz, p_pattern_key text
)
returns integer
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_slice record;
    v_exclusions jsonb;
    v_governed learning.gate_simulations;
    v_q double precision;
    v_holds boolean;
    v_level double precision := learning.evidence_q(p_pattern_key);
    v_held bigint[] := learning.held_lessons(p_run_id, p_pattern_key);
    v_kept bigint[] := array(
        select h.id from unnest(v_held) as h (id) where learning.has_solution(h.id)
    );
    v_open bigint[] := '{}';  -- lessons that wait for a governed grid
    v_requests integer := 0;
begin
    with slices as materialized (
        select t.lesson_id, t.depth, g.candidate is null as is_out, coalesce(g.chosen_p, 1) as p
        from learning.tuning_lessons as t
        left join learning.gate_simulations as g
            on g.lesson_id = t.lesson_id and g.kind = 'own'
        where t.pattern_key = p_pattern_key and t.closed and t.simulated
    ),
    together as (
        select array_agg(s.lesson_id order by s.lesson_id) as lessons,
            array_agg(s.is_out order by s.lesson_id) as is_out,
            learning.weighted_q(
                array_agg(s.p order by s.lesson_id),
                array_agg(power(4.0::double precision, -s.depth) order by s.lesson_id)
            ) as q
        from slices as s
    ),
    judged as (
        select u.lesson_id, u.q, case
                when u.is_out then 'none'
                when u.q <= v_level then 'accepted'
                when u.q <= 2 * v_level and learning.has_solution(u.lesson_id) then 'accepted'
                else 'proposed'
            end as verdict
        from together as b
        cross join lateral unnest(b.lessons, b.is_out, b.q) as u (lesson_id, is_out, q)
    )
    update learning.gate_simulations as g
    set q = case when g.kind = 'own' then j.q else g.q end,
        verdict = case when g.kind = 'own' then coalesce(j.verdict, 'none') else 'none' end,
        governed_by = null
    from learning.gate_simulations as every
    join learning.lessons as l on l.id = every.lesson_id and l.pattern_key = p_pattern_key
    left join judged as j on j.lesson_id = every.lesson_id
    where every.id = g.id
        and g.lesson_id <> all (v_held)
        and (g.q, g.verdict, g.governed_by) is distinct from (
            case when g.kind = 'own' then j.q else g.q end,
            case when g.kind = 'own' then coalesce(j.verdict, 'none') else 'none' end,
            null::bigint
        );

    for v_slice in
        select t.lesson_id, t.items, g.evidence_stamp
        from learning.tuning_lessons as t
        join learning.gate_simulations as g on g.lesson_id = t.lesson_id and g.kind = 'own'
        where t.pattern_key = p_pattern_key
            and g.verdict = 'accepted'
            and t.lesson_id <> all (v_held)
        order by t.depth desc, t.items
    loop
        if learning.slices_below(v_open, p_pattern_key, v_slice.items) <> '[]' then
            v_open := v_open || v_slice.lesson_id;  -- what it governs is not known yet
            continue;
        end if;
        v_exclusions := case
            when v_level >= 1 then '[]'
            else learning.slices_below(v_kept, p_pattern_key, v_slice.items)
        end;
        if v_exclusions = '[]' then
            update learning.gate_simulations as g
            set verdict = 'kept'
            where g.lesson_id = v_slice.lesson_id and g.kind = 'own';
            v_kept := v_kept || v_slice.lesson_id;
            continue;
        end if;
        select g.* into v_governed
        from learning.gate_simulations as g
        where g.lesson_id = v_slice.lesson_id
            and g.kind = 'governed'
            and g.exclusions = v_exclusions
            and (g.run_id = p_run_id or g.evidence_stamp = v_slice.evidence_stamp);
        if found then
            v_q := v_governed.chosen_p;
            v_holds := v_governed.candidate is not null and (
                v_q <= v_level / 2
                or v_q <= v_level and learning.has_solution(v_slice.lesson_id)
            );
            update learning.gate_simulations as g
            set q = case when g.kind = 'governed' then v_q else g.q end,
                verdict = case when v_holds then 'kept' else 'proposed' end
            where g.lesson_id = v_slice.lesson_id;
            if v_holds then
                v_kept := v_kept || v_slice.lesson_id;
            end if;
        else
            insert into learning.simulation_requests (
                run_id, lesson_id, kind, exclusions, evidence_stamp, as_of
            )
            values (
                p_run_id, v_slice.lesson_id, 'governed', v_exclusions,
                left(v_slice.evidence_stamp, -33), p_as_of
            )
            on conflict (run_id, lesson_id, kind) do update
            set exclusions = excluded.exclusions, evidence_stamp = excluded.evidence_stamp,
                status = 'waiting', attempts = 0, leased_by = null, leased_until = null,
                error = null, finished_at = null;
            v_open := v_open || v_slice.lesson_id;
            v_requests := v_requests + 1;
        end if;
    end loop;
    if v_requests > 0 then
        return v_requests;
    end if;

    if cardinality(v_kept) > 0 then
        perform learning.pin_slices(p_pattern_key);
    end if;
    return 0;
end
$$;
comment on function learning.judge_slices(bigint, timestamptz, text) is
    'Sets q and verdict of every simulated slice of a pattern; returns how many governed grids it '
    'had to request first.';

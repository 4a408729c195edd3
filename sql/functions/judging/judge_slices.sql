-- Gives every simulated slice its q and its verdict (gate_simulations.verdict), for a run whose
-- simulations are there. From the most specific accepted slice upward, one that has kept slices
-- below it is judged on the events it would govern: its own candidate must still qualify there, at
-- p <= evidence_q / 2 (no search is paid for twice). Where that grid is missing it is requested,
-- the slice stays 'accepted', and the number of requests made is returned: 0 means all is decided.
-- With evidence_q 1 every slice that qualifies is kept, and none is pinned.
create or replace function learning.judge_slices(p_run_id bigint, p_as_of timestamptz)
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
    v_kept bigint[] := '{}';  -- lessons, most specific first
    v_open bigint[] := '{}';  -- lessons that wait for a governed grid
    v_requests integer := 0;
begin
    with slices as (
        select t.lesson_id, t.pattern_key, t.depth,
            g.candidate is null or f.id is not null as is_out,
            case when f.id is null then coalesce(g.chosen_p, 1) else 1 end as p
        from learning.tuning_lessons as t
        left join learning.gate_simulations as g
            on g.lesson_id = t.lesson_id and g.kind = 'own'
        left join learning.simulation_requests as f
            on f.run_id = p_run_id and f.lesson_id = t.lesson_id and f.kind = 'own'
            and f.status = 'failed'
        where t.closed and t.simulated
    ),
    by_pattern as materialized (
        select learning.evidence_q(s.pattern_key) as level,
            array_agg(s.lesson_id order by s.lesson_id) as lessons,
            array_agg(s.is_out order by s.lesson_id) as is_out,
            learning.weighted_q(
                array_agg(s.p order by s.lesson_id),
                array_agg(power(4.0::double precision, -s.depth) order by s.lesson_id)
            ) as q
        from slices as s
        group by s.pattern_key
    ),
    judged as (
        select u.lesson_id, u.q, case
                when u.is_out then 'none'
                when u.q <= b.level then 'accepted'
                when u.q <= 2 * b.level and learning.has_solution(u.lesson_id) then 'accepted'
                else 'proposed'
            end as verdict
        from by_pattern as b
        cross join lateral unnest(b.lessons, b.is_out, b.q) as u (lesson_id, is_out, q)
    )
    update learning.gate_simulations as g
    set q = case when g.kind = 'own' then j.q else g.q end,
        verdict = case when g.kind = 'own' then coalesce(j.verdict, 'none') else 'none' end,
        governed_by = null
    from learning.gate_simulations as every
    left join judged as j on j.lesson_id = every.lesson_id
    where every.id = g.id
        and (g.q, g.verdict, g.governed_by) is distinct from (
            case when g.kind = 'own' then j.q else g.q end,
            case when g.kind = 'own' then coalesce(j.verdict, 'none') else 'none' end,
            null::bigint
        );

    for v_slice in
        select t.lesson_id, t.pattern_key, t.items, g.evidence_stamp,
            learning.evidence_q(t.pattern_key) as evidence_q
        from learning.tuning_lessons as t
        join learning.gate_simulations as g on g.lesson_id = t.lesson_id and g.kind = 'own'
        where g.verdict = 'accepted'
        order by t.depth desc, t.pattern_key, t.items
    loop
        if learning.slices_below(v_open, v_slice.pattern_key, v_slice.items) <> '[]' then
            v_open := v_open || v_slice.lesson_id;  -- what it governs is not known yet
            continue;
        end if;
        v_exclusions := case
            when v_slice.evidence_q >= 1 then '[]'
            else learning.slices_below(v_kept, v_slice.pattern_key, v_slice.items)
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
                v_q <= v_slice.evidence_q / 2
                or v_q <= v_slice.evidence_q and learning.has_solution(v_slice.lesson_id)
            );
            update learning.gate_simulations as g
            set q = case when g.kind = 'governed' then v_q else g.q end,
                verdict = case when v_holds then 'kept' else 'proposed' end
            where g.lesson_id = v_slice.lesson_id;
            if v_holds then
                v_kept := v_kept || v_slice.lesson_id;
            end if;
        elsif exists (
            select from learning.simulation_requests as r
            where r.run_id = p_run_id and r.lesson_id = v_slice.lesson_id
                and r.kind = 'governed' and r.exclusions = v_exclusions and r.status = 'failed'
        ) then
            update learning.gate_simulations as g
            set verdict = 'proposed'
            where g.lesson_id = v_slice.lesson_id and g.kind = 'own';
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
        perform learning.pin_slices();
    end if;
    return 0;
end
$$;
comment on function learning.judge_slices(bigint, timestamptz) is
    'Sets q and verdict of every simulated slice; returns how many governed grids it had to '
    'request first.';

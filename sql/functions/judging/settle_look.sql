-- Turns what a look decided into solutions and overrides, whole or not at all. A slice that was
-- accepted keeps its solution where the candidate is the same, else a new one is written; one that
-- was not loses it, unless its comparison failed. A solution whose record is 20 to 1 against it, or
-- whose money has turned, is suspended (the guardrail) until its record is sound again. A proposal
-- whose record is 20 to 1 for it comes into force, where auto_apply is on. Returns counts.
-- Long, for it is one story: slice after slice to solutions, records, guardrail and overrides.
create or replace function learning.settle_look(p_look_id bigint)
returns jsonb
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_look learning.looks;
    v_applies boolean;
    v_counts jsonb;
    v_created integer;
    v_dropped integer;
begin
    select k.* into v_look from learning.looks as k where k.id = p_look_id for update;
    v_applies := learning.setting(v_look.pattern_key, 'auto_apply')::boolean;
    perform learning.keep_records(p_look_id);

    -- What is no longer accepted, or accepted with other steps, has ended.
    with ended as (
        update learning.solutions as o
        set status = 'ended', reason = case
                when s.candidate is null then learning.why_not(p_look_id, s.lesson_id)
                else 'another change passed here'
            end,
            changed_at = v_look.looked_at, changed_by = 'judge'
        from learning.look_slices as s
        where s.look_id = p_look_id
            and o.pattern_key = v_look.pattern_key
            and o.scope_subset = s.scope_subset
            and o.status = 'active'
            and s.verdict <> 'failed'
            and s.candidate is distinct from s.in_force
        returning 1
    )
    select count(*) into v_dropped from ended;

    with accepted as (
        select s.*, p.steps, g.n_windows, g.z[s.candidate] as z
        from learning.look_slices as s
        join learning.policies(v_look.pattern_key) as p on p.candidate = s.candidate
        join learning.gate_simulations as g on g.id = s.simulation_id
        where s.look_id = p_look_id and s.candidate is distinct from s.in_force
    ),
    -- A proposal that passes is the same solution, with its record.
    promoted as (
        update learning.solutions as o
        set status = case when v_applies then 'active' else o.status end,
            reason = case when v_applies then '' else 'waits for approval' end,
            changed_at = v_look.looked_at, changed_by = 'judge', look_id = p_look_id
        from accepted as a
        where o.pattern_key = v_look.pattern_key
            and o.scope_subset = a.scope_subset
            and o.status = 'proposed'
            and o.steps = a.steps
        returning o.scope_subset
    ),
    replaced as (
        update learning.solutions as o
        set status = 'ended', reason = 'another change passed here',
            changed_at = v_look.looked_at, changed_by = 'judge'
        from accepted as a
        where o.pattern_key = v_look.pattern_key
            and o.scope_subset = a.scope_subset
            and o.status in ('proposed', 'suspended')
            and o.steps <> a.steps
        returning 1
    )
    select count(*) filter (where v_applies) into v_created from accepted;

    insert into learning.solutions (
        pattern_key, scope_subset, lesson_id, steps, status, reason, confidence, n, look_id,
        written_at, record_since, changed_at
    )
    select v_look.pattern_key, s.scope_subset, s.lesson_id, p.steps,
        case when v_applies then 'active' else 'proposed' end,
        case when v_applies then '' else 'waits for approval' end,
        -- Below the confidence of those accepted before it that overlap it.
        least(
            coalesce(greatest(g.z[s.candidate], 0) / (1 + greatest(g.z[s.candidate], 0)), 0.5),
            (
                select 0.999 * min(o.confidence)
                from learning.solutions as o
                where o.pattern_key = v_look.pattern_key
                    and o.status = 'active'
                    and o.depth = s.depth
                    and learning.slices_overlap(o.scope_subset, s.scope_subset)
            )
        ),
        g.n_windows, p_look_id, v_look.looked_at, v_look.look_day, v_look.looked_at
    from learning.look_slices as s
    join learning.policies(v_look.pattern_key) as p on p.candidate = s.candidate
    join learning.gate_simulations as g on g.id = s.simulation_id
    where s.look_id = p_look_id
        and s.candidate is distinct from s.in_force
        and not exists (
            select from learning.solutions as o
            where o.pattern_key = v_look.pattern_key
                and o.scope_subset = s.scope_subset
                and o.status in ('active', 'proposed', 'suspended')
        )
    order by s.place;

    perform learning.propose_solutions(p_look_id, v_applies);
    perform learning.tell_verdicts(p_look_id);

    v_counts := learning.apply_solutions(v_look.run_id, v_look.pattern_key);
    update learning.looks as k
    set status = 'decided', created = v_created, dropped = v_dropped,
        slices = t.slices, qualified = t.qualified, candidates = t.candidates,
        n_windows = t.n_windows, n_days = t.n_days
    from (
        select count(*) as slices, count(s.candidate) as qualified,
            coalesce(sum((
                select count(*) from unnest(g.changed) as u (n) where u.n > 0
            )), 0) as candidates,
            coalesce(max(g.n_windows), 0) as n_windows, coalesce(max(g.n_days), 0) as n_days
        from learning.look_slices as s
        left join learning.gate_simulations as g
            on g.look_id = s.look_id and g.lesson_id = s.lesson_id
            and g.reference = '[]' and g.exclusions = '[]'
        where s.look_id = p_look_id
    ) as t
    where k.id = p_look_id;
    -- What was written now has shown its evidence; keep_records could not know of it.
    insert into learning.evidence_path (
        solution_id, look_id, look_day, status, n_windows, changed, evidence, z, money_z, value
    )
    select o.id, p_look_id, v_look.look_day, o.status, (n.simulation).n_windows,
        (n.simulation).changed[n.candidate], (n.simulation).evidence, (n.simulation).z[n.candidate],
        (n.simulation).money_z[n.candidate],
        (n.simulation).benefit[n.candidate] - (n.simulation).cost[n.candidate]
    from learning.solutions as o
    cross join lateral learning.standing_of(o.id) as n
    where o.pattern_key = v_look.pattern_key
        and o.look_id = p_look_id
        and o.status in ('active', 'proposed')
    on conflict do nothing;
    -- Grids of older looks are history: evidence_path has what they said of solutions.
    delete from learning.gate_simulations as g
    using learning.looks as k
    where k.id = g.look_id and k.pattern_key = v_look.pattern_key and k.id < p_look_id;
    return v_counts;
end
$$;
comment on function learning.settle_look(bigint) is
    'Writes the solutions and overrides a look decided on; returns how many overrides it created, changed, removed.';

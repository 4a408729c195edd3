-- Keeps up to five proposals per pattern: changes that did not pass but look best (z >= 2, at least
-- 15 windows changed, money not against them). One that was proposed before stays while its z is at
-- least 1 against what governs its windows without it, so that its record can grow; when that alone
-- is 20 to 1 for it (one condition: 60, more: 200) and earns more than a standard error, and money
-- speaks for the slice, it comes into force (p_applies; else it waits for approval). Returns how
-- many are proposed.
create or replace function learning.propose_solutions(p_look_id bigint, p_applies boolean)
returns integer
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_look learning.looks;
    v_live integer;
    v_new integer;
begin
    select k.* into v_look from learning.looks as k where k.id = p_look_id;
    with seen as (
        select o.id, g.z[p.candidate] as z, o.record,
            learning.money_speaks_for_it(g, s.depth, false) as earns, t.on_record, t.on_money_z,
            t.keep_z
        from learning.solutions as o
        join learning.look_slices as s
            on s.look_id = p_look_id and s.scope_subset = o.scope_subset
        cross join lateral learning.judging_thresholds(o.depth) as t
        left join learning.policies(v_look.pattern_key) as p on p.steps = o.steps
        left join learning.gate_simulations as g on g.id = s.simulation_id
        where o.pattern_key = v_look.pattern_key
            and o.status = 'proposed'
            and s.candidate is null
            and s.verdict <> 'failed'
    )
    update learning.solutions as o
    set status = case
            when s.confirmed and p_applies then 'active'
            when s.confirmed then 'proposed'
            else 'ended'
        end,
        reason = case
            when s.confirmed and p_applies then 'confirmed by its record'
            when s.confirmed then 'confirmed by its record: waits for approval'
            else 'too little speaks for it by now'
        end,
        changed_at = v_look.looked_at,
        changed_by = 'judge'
    from (
        select n.id, coalesce(
                (n.record ->> 'for')::double precision >= n.on_record
                and (n.record ->> 'money_z')::double precision >= n.on_money_z
                and n.earns, false
            ) as confirmed, n.z, n.keep_z
        from seen as n
    ) as s
    where o.id = s.id and (s.confirmed or coalesce(s.z, 0) < s.keep_z);

    select count(*) into v_live
    from learning.solutions as o
    where o.pattern_key = v_look.pattern_key and o.status = 'proposed';

    insert into learning.solutions (
        pattern_key, scope_subset, lesson_id, steps, status, reason, confidence, n, look_id,
        written_at, record_since, changed_at
    )
    select v_look.pattern_key, b.scope_subset, b.lesson_id, b.steps, 'proposed',
        'too little evidence', b.z / (1 + b.z), b.n_windows, p_look_id, v_look.looked_at,
        v_look.look_day, v_look.looked_at
    from (
        select s.lesson_id, s.scope_subset, p.steps, g.z[p.candidate] as z, g.n_windows
        from learning.look_slices as s
        join learning.gate_simulations as g on g.id = s.simulation_id
        -- Once per slice, not per slice and policy.
        cross join lateral (
            select learning.proposed_candidate(g, v_look, s.depth, s.barred) as candidate offset 0
        ) as c
        join learning.policies(v_look.pattern_key) as p on p.candidate = c.candidate
        where v_look.profile = 'evidence'
            and s.look_id = p_look_id
            and s.candidate is null
            and not s.is_banned
            and not exists (
                select from learning.solutions as o
                where o.pattern_key = v_look.pattern_key
                    and o.scope_subset = s.scope_subset
                    and o.status in ('active', 'proposed', 'suspended')
            )
    ) as b
    order by b.z desc
    limit greatest(0, 5 - v_live);
    get diagnostics v_new = row_count;
    return v_live + v_new;
end
$$;
comment on function learning.propose_solutions(bigint, boolean) is
    'Keeps, confirms, ends and adds proposals of a look''s pattern; returns how many there are.';

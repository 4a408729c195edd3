-- Writes the verdict and the reason on every slice of a look, from the solutions there are now, and
-- a line of the log for each that has a change in force or proposed and for those that came close.
-- Returns how many lines.
create or replace function learning.tell_verdicts(p_look_id bigint)
returns bigint
language sql volatile
as $$
    with policies as materialized (
        select p.*
        from learning.looks as k
        cross join lateral learning.policies(k.pattern_key) as p
        where k.id = p_look_id
    ),
    told as (
        update learning.look_slices as s
        set verdict = case
                when s.verdict = 'failed' then 'failed'
                else coalesce(o.status, 'none')
            end,
            reason = case
                when o.status = 'active' then ''
                when o.reason <> '' then o.reason
                else learning.why_not(p_look_id, s.lesson_id)
            end
        from learning.look_slices as every
        join learning.looks as k on k.id = every.look_id
        left join learning.solutions as o
            on o.pattern_key = k.pattern_key
            and o.scope_subset = every.scope_subset
            and o.status in ('active', 'proposed', 'suspended')
        where s.look_id = p_look_id
            and every.look_id = s.look_id
            and every.lesson_id = s.lesson_id
        returning s.*, k.pattern_key, k.run_id, o.steps
    )
    select count(learning.log(
        'INFO',
        case t.verdict when 'active' then 'Grid result' else 'No override' end,
        jsonb_strip_nulls(jsonb_build_object(
            'pattern_key', t.pattern_key, 'scope_subset', t.scope_subset, 'verdict', t.verdict,
            'reason', nullif(t.reason, ''), 'n', g.n_windows,
            'tested', n.tested, 'skipped', n.skipped, 'steps', coalesce(t.steps, p.steps),
            'ratio', round((g.benefit[p.candidate] / nullif(g.cost[p.candidate], 0))::numeric, 2),
            'z', round(g.z[p.candidate]::numeric, 2),
            'money_z', round(g.money_z[p.candidate]::numeric, 2),
            'e', round(g.evidence::numeric, 2)
        )), t.run_id
    )::text)
    from told as t
    left join learning.gate_simulations as g on g.id = t.simulation_id
    left join lateral (
        select count(*) filter (where u.n > 0) as tested,
            count(*) filter (where u.n = 0) as skipped,
            (array_agg(u.place - 1 order by g.z[u.place - 1] desc, u.place))[1] as best
        from unnest(g.changed) with ordinality as u (n, place)
    ) as n on true
    left join policies as p
        on p.steps = t.steps or t.steps is null and p.candidate = n.best
$$;
comment on function learning.tell_verdicts(bigint) is
    'Writes verdict and reason on the slices of a look and logs them; returns how many.';

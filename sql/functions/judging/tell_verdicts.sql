-- Writes the verdict and the reason on every slice of a look, from the solutions there are now, and
-- a line of the log for each that has a change in force or proposed and for those that came close.
-- Returns how many lines.
create or replace function learning.tell_verdicts(p_look_id bigint)
returns bigint
language sql volatile
as $$
    with told as (
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
            'steps', t.steps, 'reason', nullif(t.reason, ''), 'n', g.n_windows,
            'e', round(g.evidence::numeric, 2)
        )), t.run_id
    )::text)
    from told as t
    left join learning.gate_simulations as g on g.id = t.simulation_id
$$;
comment on function learning.tell_verdicts(bigint) is
    'Writes verdict and reason on the slices of a look and logs them; returns how many.';

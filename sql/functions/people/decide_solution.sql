-- Writes a person's decision on a solution: status, pin, who approved it. Its overrides follow, and
-- a line of the log says who did what.
create or replace function learning.decide_solution(
    p_solution learning.solutions, p_event text, p_by text
)
returns learning.solutions
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_solution learning.solutions;
begin
    update learning.solutions as s
    set status = p_solution.status, pinned = p_solution.pinned,
        approved_by = p_solution.approved_by, reason = p_solution.reason,
        changed_at = case when s.status <> p_solution.status or s.pinned <> p_solution.pinned
            then learning.clock() else s.changed_at end,
        changed_by = p_by
    where s.id = p_solution.id
    returning s.* into v_solution;
    perform learning.log('INFO', p_event, jsonb_build_object(
        'solution', v_solution.id, 'pattern_key', v_solution.pattern_key,
        'scope_subset', v_solution.scope_subset, 'steps', v_solution.steps,
        'status', v_solution.status, 'by', p_by
    ));
    perform learning.apply_solutions(null, v_solution.pattern_key);
    return v_solution;
end
$$;
comment on function learning.decide_solution(learning.solutions, text, text) is
    'Writes a person''s decision on a solution, and its overrides.';

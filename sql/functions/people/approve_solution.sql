-- Puts a proposed solution in force, in a person's name (null: the database's user). It stays while
-- the judge would at least propose it, and goes when its own record speaks against it. The id is
-- its own or that of one of its overrides. QD090 for none, QD091 unless it is proposed.
create or replace function learning.approve_solution(p_id bigint, p_by text default null)
returns learning.solutions
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_by text := learning.acting_person(p_by);
    v_solution learning.solutions := learning.solution_to_decide(p_id, 'approve', 'approved');
begin
    v_solution.status := 'active';
    v_solution.reason := format('approved by %s', v_by);
    v_solution.approved_by := v_by;
    return learning.decide_solution(v_solution, 'Solution approved', v_by);
end
$$;
comment on function learning.approve_solution(bigint, text) is
    'Puts a proposed solution in force in a person''s name; QD090, QD091.';

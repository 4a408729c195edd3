-- Ends a solution, proposed or in force, in a person's name (null: the database's user): the same
-- change of the same slice is neither proposed nor put in force again. The id is its own or that of
-- one of its overrides. QD090 for none, QD091 for one that is past.
create or replace function learning.dismiss_solution(p_id bigint, p_by text default null)
returns learning.solutions
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_by text := learning.acting_person(p_by);
    v_solution learning.solutions := learning.solution_to_decide(p_id, 'dismiss', 'dismissed');
begin
    v_solution.status := 'dismissed';
    v_solution.reason := format('dismissed by %s', v_by);
    v_solution.pinned := false;
    return learning.decide_solution(v_solution, 'Solution dismissed', v_by);
end
$$;
comment on function learning.dismiss_solution(bigint, text) is
    'Ends a solution for good in a person''s name; QD090, QD091.';

-- The solution an id means, locked, for a person to decide about. QD090 when there is none, QD091
-- unless its status is open to that (learning.statuses_open_to).
create or replace function learning.solution_to_decide(
    p_id bigint, p_decision text, p_done text
)
returns learning.solutions
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_solution learning.solutions;
begin
    select s.* into v_solution
    from learning.solutions as s
    where s.id = learning.solution_of(p_id)
    for update;
    if not found then
        raise exception using
            errcode = 'QD090',
            message = format('there is no solution %s', p_id),
            hint = case
                when exists (select from learning.pm_overrides as o where o.id = p_id)
                    then 'That override is no solution''s: set its gates by hand '
                        || '(quadrant override set), or clear them.'
                else 'quadrant override list shows the ids.'
            end;
    end if;
    if v_solution.status <> all (learning.statuses_open_to(p_decision, 'simulation')) then
        raise exception using
            errcode = 'QD091',
            message = format('solution %s is %s: it cannot be %s', v_solution.id, case
                    v_solution.status when 'active' then 'in force' else v_solution.status
                end, p_done),
            hint = case v_solution.status
                when 'active' then 'Pin it, or dismiss it.'
                when 'suspended' then 'Its record speaks against it. Pin it to have it in force '
                    || 'all the same, or dismiss it.'
                else 'Its gates can be set by hand: quadrant override set.'
            end;
    end if;
    return v_solution;
end
$$;
comment on function learning.solution_to_decide(bigint, text, text) is
    'The solution an id means, locked; QD090 for none, QD091 for one with another status.';

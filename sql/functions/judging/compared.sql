-- The comparison of a slice with what governs its windows in a look. Where it was not made yet it
-- is asked for, and the answer is a row of nulls.
create or replace function learning.compared(
    p_look_id bigint, p_lesson_id bigint, p_reference jsonb, p_exclusions jsonb
)
returns learning.gate_simulations
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_simulation learning.gate_simulations;
begin
    select s.* into v_simulation
    from learning.gate_simulations as s
    where s.look_id = p_look_id
        and s.lesson_id = p_lesson_id
        and md5(s.reference::text || s.exclusions::text)
            = md5(p_reference::text || p_exclusions::text);
    if not found then
        insert into learning.simulation_requests (
            run_id, look_id, lesson_id, reference, exclusions
        )
        select k.run_id, k.id, p_lesson_id, p_reference, p_exclusions
        from learning.looks as k
        where k.id = p_look_id
        on conflict do nothing;
    end if;
    return v_simulation;
end
$$;
comment on function learning.compared(bigint, bigint, jsonb, jsonb) is
    'A stored comparison; where there is none it is asked for.';

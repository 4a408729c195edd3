-- Every accepted slice must stand without the windows of narrower ones, at the full thresholds: its
-- candidate was chosen on data that include theirs. Without those of accepted slices below it,
-- since they govern them; and without those of each slice inside it that may carry its effect
-- (carriers), since an effect that is only there belongs there. The first that does not stand, from
-- the narrowest up, is banned and null is returned: all is to be decided anew without it. What a
-- person pinned or approved is not banned. Else returns how many comparisons are missing (asked
-- for), 0 when all stand.
create or replace function learning.settle_parents(p_look_id bigint)
returns integer
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_pattern_key text := (
        select k.pattern_key from learning.looks as k where k.id = p_look_id
    );
    v_even boolean := learning.setting(v_pattern_key, 'even_payoff')::boolean;
    v_slice learning.look_slices;
    v_made learning.gate_simulations;
    v_reference jsonb;
    v_governed jsonb;
    v_exclusions jsonb;
    v_missing integer := 0;
begin
    for v_slice in
        select s.*
        from learning.look_slices as s
        where s.look_id = p_look_id and s.candidate is not null and s.verdict <> 'failed'
        order by s.depth desc, s.place
    loop
        v_reference := learning.governing_solutions(
            p_look_id, v_slice.scope_subset, v_slice.depth
        );
        v_governed := learning.windows_of_others(p_look_id, v_slice.lesson_id, true);
        for v_exclusions in
            select v_governed
            where v_governed <> learning.windows_of_others(p_look_id, v_slice.lesson_id, false)
            union all
            select v_governed || jsonb_build_array(c.scope)
            from learning.carriers(p_look_id, v_slice.lesson_id, v_even) as c (scope)
        loop
            v_made := learning.compared(
                p_look_id, v_slice.lesson_id, v_reference, v_exclusions
            );
            if v_made.id is null then
                continue when learning.comparison_failed(
                    p_look_id, v_slice.lesson_id, v_reference, v_exclusions
                );
                v_missing := v_missing + 1;
            elsif not learning.candidate_stands(
                v_made, v_slice.candidate, v_slice.depth, v_even,
                v_slice.candidate is not distinct from v_slice.in_force
            ) and (v_slice.upheld is null or v_slice.candidate <> v_slice.in_force) then
                update learning.look_slices as s
                set is_banned = true
                where s.look_id = p_look_id and s.lesson_id = v_slice.lesson_id;
                return null;
            elsif v_exclusions = v_governed then
                update learning.look_slices as s
                set simulation_id = v_made.id
                where s.look_id = p_look_id and s.lesson_id = v_slice.lesson_id;
            end if;
        end loop;
    end loop;
    return v_missing;
end
$$;
comment on function learning.settle_parents(bigint) is
    'Judges accepted slices again without the windows of narrower ones; null when one was banned, else comparisons missing.';

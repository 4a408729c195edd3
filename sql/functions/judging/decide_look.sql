-- Decides which slices of a look get a solution, from broad to narrow. A slice is judged against
-- what is already accepted for its windows, and not on windows that an overlapping slice of its own
-- depth, accepted before it, governs. Then whatever has narrower solutions below it must stand
-- again on the windows it still governs (settle_parents). Comparisons that are not there yet are
-- asked for; returns how many, 0 when all is decided (look_slices.candidate, simulation_id).
create or replace function learning.decide_look(p_look_id bigint)
returns integer
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_look learning.looks;
    v_slice learning.look_slices;
    v_made learning.gate_simulations;
    v_failed boolean;
    v_reference jsonb := '[]';
    v_exclusions jsonb := '[]';
    v_waiting jsonb[];
    v_depth integer;
    v_missing integer;
    v_even boolean;
    v_min_ratio double precision;
    v_applies boolean;
begin
    select k.* into v_look from learning.looks as k where k.id = p_look_id;
    v_even := learning.setting(v_look.pattern_key, 'even_payoff')::boolean;
    v_min_ratio := learning.setting(v_look.pattern_key, 'min_ratio')::double precision;
    v_applies := learning.setting(v_look.pattern_key, 'auto_apply')::boolean;
    perform learning.order_slices(p_look_id);
    loop
        update learning.look_slices as s
        set candidate = null, simulation_id = null, verdict = 'open'
        where s.look_id = p_look_id;
        for v_depth in
            select distinct s.depth from learning.look_slices as s
            where s.look_id = p_look_id order by s.depth
        loop
            v_waiting := '{}';
            for v_slice in
                select s.*
                from learning.look_slices as s
                where s.look_id = p_look_id and s.depth = v_depth and not s.is_banned
                order by s.place
            loop
                -- What it must leave to others is not known yet.
                continue when exists (
                    select from unnest(v_waiting) as u (scope)
                    where learning.slices_overlap(u.scope, v_slice.scope_subset)
                );
                if v_look.profile = 'evidence' then
                    v_reference := learning.governing_solutions(
                        p_look_id, v_slice.scope_subset, v_depth
                    );
                    v_exclusions := learning.windows_of_others(
                        p_look_id, v_slice.lesson_id, false
                    );
                end if;
                v_made := learning.compared(
                    p_look_id, v_slice.lesson_id, v_reference, v_exclusions
                );
                -- Without windows (samples that went) there is no evidence against it either.
                v_failed := v_made.n_windows = 0 and v_slice.in_force is not null
                    or v_made.id is null and learning.comparison_failed(
                        p_look_id, v_slice.lesson_id, v_reference, v_exclusions
                    );
                if v_made.id is null and not v_failed then
                    v_waiting := v_waiting || v_slice.scope_subset;
                    continue;
                end if;
                -- What could not be compared keeps what it has.
                update learning.look_slices as s
                set simulation_id = v_made.id,
                    verdict = case when v_failed then 'failed' else 'open' end,
                    candidate = case
                        when v_failed then s.in_force
                        else learning.slice_candidate(
                            s, v_made, v_look, v_even, v_min_ratio, v_applies
                        )
                    end
                where s.look_id = p_look_id and s.lesson_id = v_slice.lesson_id;
            end loop;
            if cardinality(v_waiting) > 0 then
                return cardinality(v_waiting);
            end if;
        end loop;
        exit when v_look.profile = 'plan';
        v_missing := learning.settle_parents(p_look_id);
        exit when v_missing is not null;
    end loop;
    return coalesce(v_missing, 0);
end
$$;
comment on function learning.decide_look(bigint) is
    'Decides a look''s slices from broad to narrow; returns how many comparisons it still needs.';

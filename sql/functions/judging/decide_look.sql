-- Decides which slices of a look get a solution, from broad to narrow. A slice is judged against
-- what is already accepted for its windows, and not on windows that an overlapping slice of its own
-- depth, accepted before it, governs. Then whatever has narrower solutions below it must stand
-- again on the windows it still governs (settle_parents). Comparisons that are not there yet are
-- asked for; returns how many slices wait for one, 0 when all is decided (look_slices.candidate,
-- simulation_id).
--
-- A slice that overlaps a waiting one waits too, for what that one gets is not known yet. Most get
-- nothing, so what it needs then is asked for ahead: at most 16 at a time, since each is made for
-- nothing where the waiting one is accepted. (46 slices that all overlap: 4 rounds instead of 46.)
-- What was decided in an earlier round stays until a slice is banned, for nothing it rests on can
-- change but what people set by hand meanwhile, which counts from the next look on.
create or replace function learning.decide_look(p_look_id bigint)
returns integer
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    c_most_ahead constant integer := 16;
    v_look learning.looks;
    v_slice learning.look_slices;
    v_made learning.gate_simulations;
    v_failed boolean;
    v_reference jsonb := '[]';
    v_exclusions jsonb := '[]';
    v_waiting jsonb[];
    v_ahead integer;
    v_is_ahead boolean;
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
        v_waiting := '{}';
        v_ahead := 0;
        for v_slice in
            select s.*
            from learning.look_slices as s
            where s.look_id = p_look_id and not s.is_banned
                and s.simulation_id is null and s.verdict <> 'failed'
            order by s.depth, s.place
        loop
            if v_look.profile = 'evidence' then
                v_reference := learning.governing_solutions(
                    p_look_id, v_slice.scope_subset, v_slice.depth
                );
                v_exclusions := learning.windows_of_others(p_look_id, v_slice.lesson_id, false);
            end if;
            v_made := learning.compared(p_look_id, v_slice.lesson_id, v_reference, v_exclusions);
            -- Without windows (samples that went) there is no evidence against it either.
            v_failed := v_made.n_windows = 0 and v_slice.in_force is not null
                or v_made.id is null and learning.comparison_failed(
                    p_look_id, v_slice.lesson_id, v_reference, v_exclusions
                );
            v_is_ahead := exists (
                select from unnest(v_waiting) as u (scope)
                where learning.slices_overlap(u.scope, v_slice.scope_subset)
            );
            if v_is_ahead or v_made.id is null and not v_failed then
                v_waiting := v_waiting || v_slice.scope_subset;
                v_ahead := v_ahead + (v_is_ahead and v_made.id is null)::integer;
                exit when v_ahead >= c_most_ahead;
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
        exit when v_look.profile = 'plan';
        v_missing := learning.settle_parents(p_look_id);
        exit when v_missing is not null;
        update learning.look_slices as s
        set candidate = null, simulation_id = null, verdict = 'open'
        where s.look_id = p_look_id;
    end loop;
    return coalesce(v_missing, 0);
end
$$;
comment on function learning.decide_look(bigint) is
    'Decides a look''s slices from broad to narrow; returns how many slices wait for a comparison.';

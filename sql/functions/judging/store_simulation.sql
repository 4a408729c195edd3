-- Stores the grid of a request and closes it; arrays in the order of learning.gate_grid(). Returns
-- false when the request is gone or closed (its run was superseded): nothing is stored then.
create or replace function learning.store_simulation(
    p_request_id bigint, p_settings_stamp text, p_value_mode text, p_n_events integer,
    p_n_days integer, p_dodge_rate double precision, p_tested integer, p_skipped integer,
    p_draws integer, p_misses_caught integer[], p_failures_added integer[],
    p_failures_avoided integer[], p_wins_lost integer[], p_benefit double precision[],
    p_cost double precision[], p_z double precision[], p_p double precision[],
    p_qualifies boolean[], p_candidate integer, p_ratio double precision, p_reason text
)
returns boolean
language plpgsql volatile security definer
set search_path = ''
as $$
declare
    v_request learning.simulation_requests;
begin
    update learning.simulation_requests as r
    set status = 'done', leased_by = null, leased_until = null, error = null,
        finished_at = clock_timestamp()
    where r.id = p_request_id and r.status in ('waiting', 'leased')
    returning * into v_request;
    if not found then
        return false;
    end if;
    insert into learning.gate_simulations as g (
        lesson_id, kind, exclusions, evidence_stamp, run_id, value_mode, n_events, n_days,
        dodge_rate, tested, skipped, draws, misses_caught, failures_added, failures_avoided,
        wins_lost, benefit, cost, z, p, qualifies, candidate, steps, chosen_p, chosen_z,
        chosen_ratio, reason, simulated_at
    )
    select
        v_request.lesson_id, v_request.kind, v_request.exclusions,
        v_request.evidence_stamp || ':' || p_settings_stamp, v_request.run_id, p_value_mode,
        p_n_events, p_n_days, p_dodge_rate, p_tested, p_skipped, p_draws, p_misses_caught,
        p_failures_added, p_failures_avoided, p_wins_lost, p_benefit, p_cost, p_z, p_p, p_qualifies,
        p_candidate,
        case when p_candidate is not null then (
            select c.steps
            from learning.gate_grid(l.pattern_key) as c
            where c.candidate = p_candidate
        ) end,
        coalesce(p_p[p_candidate], 1), p_z[p_candidate], p_ratio, p_reason, learning.clock()
    from learning.learning_lessons as l
    where l.id = v_request.lesson_id
    on conflict (lesson_id, kind) do update
    set (
        exclusions, evidence_stamp, run_id, value_mode, n_events, n_days, dodge_rate, tested,
        skipped, draws, misses_caught, failures_added, failures_avoided, wins_lost, benefit, cost,
        z, p, qualifies, candidate, steps, chosen_p, chosen_z, chosen_ratio, q, reason, simulated_at
    ) = (
        excluded.exclusions, excluded.evidence_stamp, excluded.run_id, excluded.value_mode,
        excluded.n_events, excluded.n_days, excluded.dodge_rate, excluded.tested, excluded.skipped,
        excluded.draws, excluded.misses_caught, excluded.failures_added, excluded.failures_avoided,
        excluded.wins_lost, excluded.benefit, excluded.cost, excluded.z, excluded.p,
        excluded.qualifies, excluded.candidate, excluded.steps, excluded.chosen_p,
        excluded.chosen_z, excluded.chosen_ratio, null, excluded.reason, excluded.simulated_at
    );
    return true;
end
$$;
comment on function learning.store_simulation(
    bigint, text, text, integer, integer, double precision, integer, integer, integer, integer[],
    integer[], integer[], integer[], double precision[], double precision[], double precision[],
    double precision[], boolean[], integer, double precision, text
) is 'Stores the grid of a simulation request and closes it; false when the request is gone.';

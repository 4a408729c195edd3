-- Stores the grids of a run's requests and closes them. p_grids: array of {"request_id", columns of
-- gate_simulations, "ratio"}, arrays as array literals in the order of learning.gate_grid(). What
-- was asked by a request that is gone or closed (its run was superseded) is not stored. Returns how
-- many were.
create or replace function learning.store_simulations(p_settings_stamp text, p_grids jsonb)
returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_stored bigint;
begin
    with brought as materialized (
        select g.*
        from jsonb_to_recordset(p_grids) as g (
            request_id bigint, value_mode text, n_events integer, n_days integer,
            dodge_rate double precision, tested integer, skipped integer, draws integer,
            misses_caught integer[], failures_added integer[], failures_avoided integer[],
            wins_lost integer[], benefit double precision[], cost double precision[],
            z double precision[], p double precision[], qualifies boolean[], candidate integer,
            ratio double precision, reason text
        )
    ),
    closed as (
        update learning.simulation_requests as r
        set status = 'done', leased_by = null, leased_until = null, error = null,
            finished_at = clock_timestamp()
        where r.id = any (array(select b.request_id from brought as b))
            and r.status in ('waiting', 'leased')
        returning r.id, r.run_id, r.lesson_id, r.kind, r.exclusions, r.evidence_stamp
    ),
    answered as materialized (
        select c.*, l.pattern_key
        from closed as c
        join learning.lessons as l on l.id = c.lesson_id
    ),
    candidates as materialized (
        select a.pattern_key, c.candidate, c.steps
        from (select distinct a.pattern_key from answered as a) as a
        cross join lateral learning.gate_grid(a.pattern_key) as c
    ),
    stored as (
        insert into learning.gate_simulations as g (
            lesson_id, kind, exclusions, evidence_stamp, run_id, value_mode, n_events, n_days,
            dodge_rate, tested, skipped, draws, misses_caught, failures_added, failures_avoided,
            wins_lost, benefit, cost, z, p, qualifies, candidate, steps, chosen_p, chosen_z,
            chosen_ratio, reason, simulated_at
        )
        select
            a.lesson_id, a.kind, a.exclusions, a.evidence_stamp || ':' || p_settings_stamp,
            a.run_id, b.value_mode, b.n_events, b.n_days, b.dodge_rate, b.tested, b.skipped,
            b.draws, b.misses_caught, b.failures_added, b.failures_avoided, b.wins_lost, b.benefit,
            b.cost, b.z, b.p, b.qualifies, b.candidate, c.steps, coalesce(b.p[b.candidate], 1),
            b.z[b.candidate], b.ratio, b.reason, (select learning.clock())
        from answered as a
        join brought as b on b.request_id = a.id
        left join candidates as c
            on c.pattern_key = a.pattern_key and c.candidate = b.candidate
        order by a.id
        on conflict (lesson_id, kind) do update
        set (
            exclusions, evidence_stamp, run_id, value_mode, n_events, n_days, dodge_rate, tested,
            skipped, draws, misses_caught, failures_added, failures_avoided, wins_lost, benefit,
            cost, z, p, qualifies, candidate, steps, chosen_p, chosen_z, chosen_ratio, q, reason,
            simulated_at
        ) = (
            excluded.exclusions, excluded.evidence_stamp, excluded.run_id, excluded.value_mode,
            excluded.n_events, excluded.n_days, excluded.dodge_rate, excluded.tested,
            excluded.skipped, excluded.draws, excluded.misses_caught, excluded.failures_added,
            excluded.failures_avoided, excluded.wins_lost, excluded.benefit, excluded.cost,
            excluded.z, excluded.p, excluded.qualifies, excluded.candidate, excluded.steps,
            excluded.chosen_p, excluded.chosen_z, excluded.chosen_ratio, null, excluded.reason,
            excluded.simulated_at
        )
        returning g.id
    )
    select count(*) into v_stored from stored as s;
    return v_stored;
end
$$;
comment on function learning.store_simulations(text, jsonb) is
    'Stores the grids of simulation requests and closes them; returns how many were still asked.';

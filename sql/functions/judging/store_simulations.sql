-- Stores the comparisons that requests asked for and ends the requests. p_results: array of
-- {"request_id", columns of gate_simulations}, arrays as array literals from 0. What was asked by a
-- request that is gone or ended (its run was superseded) is not stored. Returns how many were.
create or replace function learning.store_simulations(p_results jsonb)
returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_stored bigint;
begin
    with brought as materialized (
        select g.*
        from jsonb_to_recordset(p_results) as g (
            request_id bigint, n_windows integer, n_days integer, by_outcome boolean,
            dodge_rate double precision, evidence double precision, changed integer[],
            misses_caught integer[], failures_added integer[], failures_avoided integer[],
            wins_lost integer[], benefit double precision[], cost double precision[],
            z double precision[], money_z double precision[], record jsonb,
            sides jsonb
        )
    ),
    ended as (
        update learning.simulation_requests as r
        set status = 'done', leased_by = null, leased_until = null, error = null,
            finished_at = clock_timestamp()
        where r.id = any (array(select b.request_id from brought as b))
            and r.status in ('waiting', 'leased')
        returning r.id, r.look_id, r.lesson_id, r.reference, r.exclusions
    )
    insert into learning.gate_simulations (
        look_id, lesson_id, reference, exclusions, n_windows, n_days, by_outcome, dodge_rate,
        evidence, changed, misses_caught, failures_added, failures_avoided, wins_lost, benefit,
        cost, z, money_z, record, sides
    )
    select c.look_id, c.lesson_id, c.reference, c.exclusions, b.n_windows, b.n_days, b.by_outcome,
        b.dodge_rate, b.evidence, b.changed, b.misses_caught, b.failures_added, b.failures_avoided,
        b.wins_lost, b.benefit, b.cost, b.z, b.money_z, b.record,
        coalesce(b.sides, '{}')
    from ended as c
    join brought as b on b.request_id = c.id
    order by c.id
    on conflict do nothing;
    get diagnostics v_stored = row_count;
    return v_stored;
end
$$;
comment on function learning.store_simulations(jsonb) is
    'Stores comparisons and ends their requests; returns how many were still asked for.';

-- Stores the comparisons that requests asked for and ends the requests. p_results: array of
-- {"request_id", columns of gate_simulations}, arrays as array literals from 0. What was asked by a
-- request that is gone or ended (its run was superseded) is not stored. Returns those that were,
-- with the candidates people will ask about: what the slice would get, and what may be proposed;
-- learning.store_sides takes what changes sides under them.
create or replace function learning.store_simulations(p_results jsonb)
returns table (request_id bigint, simulation_id bigint, asked integer[])
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_requests bigint[];
    v_simulations bigint[];
begin
    with brought as materialized (
        select g.*
        from jsonb_to_recordset(p_results) as g (
            request_id bigint, n_windows integer, n_days integer, by_outcome boolean,
            dodge_rate double precision, evidence double precision, changed integer[],
            misses_caught integer[], failures_added integer[], failures_avoided integer[],
            wins_lost integer[], benefit double precision[], cost double precision[],
            z double precision[], money_z double precision[], record jsonb
        )
    ),
    ended as (
        update learning.simulation_requests as r
        set status = 'done', leased_by = null, leased_until = null, error = null,
            finished_at = clock_timestamp()
        where r.id = any (array(select b.request_id from brought as b))
            and r.status in ('waiting', 'leased')
        returning r.id, r.look_id, r.lesson_id, r.reference, r.exclusions
    ),
    stored as (
        insert into learning.gate_simulations as g (
            look_id, lesson_id, reference, exclusions, n_windows, n_days, by_outcome, dodge_rate,
            evidence, changed, misses_caught, failures_added, failures_avoided, wins_lost, benefit,
            cost, z, money_z, record
        )
        select c.look_id, c.lesson_id, c.reference, c.exclusions, b.n_windows, b.n_days,
            b.by_outcome, b.dodge_rate, b.evidence, b.changed, b.misses_caught, b.failures_added,
            b.failures_avoided, b.wins_lost, b.benefit, b.cost, b.z, b.money_z, b.record
        from ended as c
        join brought as b on b.request_id = c.id
        order by c.id
        on conflict do nothing
        returning g.id, g.look_id, g.lesson_id, g.reference, g.exclusions
    )
    select array_agg(c.id order by c.id), array_agg(s.id order by c.id)
    into v_requests, v_simulations
    from stored as s
    join ended as c using (look_id, lesson_id, reference, exclusions);

    return query
    with looks as materialized (
        select k.id, k as look, learning.setting(k.pattern_key, 'even_payoff')::boolean as even,
            learning.setting(k.pattern_key, 'min_ratio')::double precision as min_ratio
        from learning.looks as k
        where k.id in (
            select g.look_id from learning.gate_simulations as g where g.id = any (v_simulations)
        )
    )
    select u.request_id, g.id, array_remove(array[
            learning.slice_candidate(s, g, l.look, l.even, l.min_ratio, true),
            learning.proposed_candidate(g, l.look, s.depth, s.barred)
        ], null)
    from unnest(v_requests, v_simulations) as u (request_id, simulation_id)
    join learning.gate_simulations as g on g.id = u.simulation_id
    join looks as l on l.id = g.look_id
    join learning.look_slices as s on s.look_id = g.look_id and s.lesson_id = g.lesson_id;
end
$$;
comment on function learning.store_simulations(jsonb) is
    'Stores comparisons and ends their requests; returns those that were still asked for, with the candidates people will ask about.';

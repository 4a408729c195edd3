-- Leases waiting requests to a worker for 60 seconds by the server's clock, all of one look. An
-- expired lease is a waiting request; after three attempts a request is failed. Scopes come as
-- key=value items; watched and watched_since are the candidate of the slice's live solution and the
-- first day of its record (days since 1970).
create or replace function learning.claim_simulations(p_worker text, p_limit integer)
returns table (
    request_id bigint, look_id bigint, look_day integer, pattern_key text, items text[],
    reference jsonb, exclusions jsonb, watched integer, watched_since integer
)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    with expired as (
        update learning.simulation_requests as r
        set status = 'failed', leased_by = null, leased_until = null,
            error = coalesce(r.error, 'no worker brought it to an end in three attempts'),
            finished_at = clock_timestamp()
        where r.status = 'leased' and learning.lease_has_ended(r.leased_until) and r.attempts >= 3
        returning r.id, r.lesson_id, r.error, r.run_id
    )
    insert into learning.learning_log (run_id, level, event, data)
    select e.run_id, 'ERROR', 'Simulation failed',
        jsonb_build_object('request', e.id, 'lesson', e.lesson_id, 'error', e.error)
    from expired as e;

    return query
    with next_in_line as (
        select r.look_id
        from learning.simulation_requests as r
        where r.status = 'waiting'
            or (r.status = 'leased' and learning.lease_has_ended(r.leased_until))
        order by r.id
        for update skip locked
        limit 1
    ),
    taken as materialized (
        select r.id
        from learning.simulation_requests as r
        join next_in_line as f on f.look_id = r.look_id
        where r.status = 'waiting'
            or (r.status = 'leased' and learning.lease_has_ended(r.leased_until))
        order by r.id
        for update of r skip locked
        limit p_limit
    ),
    leased as (
        update learning.simulation_requests as r
        set status = 'leased', leased_by = p_worker, attempts = r.attempts + 1,
            leased_until = clock_timestamp() + interval '60 seconds'
        from taken as t
        where r.id = t.id
        returning r.*
    ),
    policies as materialized (
        select p.candidate, p.steps
        from (select distinct l.look_id from leased as l) as one
        join learning.looks as k on k.id = one.look_id
        cross join lateral learning.policies(k.pattern_key) as p
    )
    select r.id, r.look_id, k.look_day - date '1970-01-01', k.pattern_key,
        learning.scope_items(s.scope_subset),
        (
            select coalesce(jsonb_agg(jsonb_build_object(
                'items', to_jsonb(learning.scope_items(g.item -> 'scope')),
                'candidate', g.item -> 'candidate'
            ) order by g.place), '[]')
            from jsonb_array_elements(r.reference) with ordinality as g (item, place)
        ),
        (
            select coalesce(jsonb_agg(to_jsonb(learning.scope_items(e.scope))), '[]')
            from jsonb_array_elements(r.exclusions) as e (scope)
        ),
        p.candidate, o.record_since - date '1970-01-01'
    from leased as r
    join learning.looks as k on k.id = r.look_id
    join learning.look_slices as s on s.look_id = r.look_id and s.lesson_id = r.lesson_id
    left join learning.solutions as o
        on o.pattern_key = k.pattern_key
        and o.scope_subset = s.scope_subset
        and o.status in ('active', 'proposed', 'suspended')
    left join policies as p on p.steps = o.steps
    order by r.id;
end
$$;
comment on function learning.claim_simulations(text, integer) is
    'Leases up to p_limit waiting requests of one look for 60 s.';

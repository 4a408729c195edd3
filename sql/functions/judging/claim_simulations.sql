-- Leases waiting requests to a worker for 60 seconds by the server's clock, all of one run and
-- pattern. An expired lease is a waiting request; after three attempts a request is failed and
-- logged.
create or replace function learning.claim_simulations(p_worker text, p_limit integer)
returns table (
    request_id bigint, run_id bigint, lesson_id bigint, pattern_key text, scope_subset jsonb,
    items text[], kind text, exclusions jsonb, as_of timestamptz, only_candidate integer
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
        where r.status = 'leased' and r.leased_until < clock_timestamp() and r.attempts >= 3
        returning r.id, r.lesson_id, r.error, r.run_id
    )
    insert into learning.learning_log (run_id, level, event, data)
    select e.run_id, 'ERROR', 'Simulation failed',
        jsonb_build_object('request', e.id, 'lesson', e.lesson_id, 'error', e.error)
    from expired as e;

    return query
    with next_in_line as (
        select r.run_id, l.pattern_key
        from learning.simulation_requests as r
        join learning.lessons as l on l.id = r.lesson_id
        where r.status = 'waiting'
            or (r.status = 'leased' and r.leased_until < clock_timestamp())
        order by r.id
        for update of r skip locked
        limit 1
    ),
    taken as materialized (
        select r.id
        from learning.simulation_requests as r
        join learning.lessons as l on l.id = r.lesson_id
        join next_in_line as f on f.run_id = r.run_id and f.pattern_key = l.pattern_key
        where r.status = 'waiting'
            or (r.status = 'leased' and r.leased_until < clock_timestamp())
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
    )
    select r.id, r.run_id, r.lesson_id, l.pattern_key, l.scope_subset,
        learning.scope_items(l.scope_subset), r.kind,
        (
            select coalesce(jsonb_agg(to_jsonb(learning.scope_items(e.scope))), '[]')
            from jsonb_array_elements(r.exclusions) as e (scope)
        ),
        r.as_of,
        case when r.kind = 'governed' then (
            select g.candidate
            from learning.gate_simulations as g
            where g.lesson_id = r.lesson_id and g.kind = 'own'
        ) end
    from leased as r
    join learning.lessons as l on l.id = r.lesson_id
    order by r.id;
end
$$;
comment on function learning.claim_simulations(text, integer) is
    'Leases up to p_limit waiting requests of one run and pattern for 60 s; scopes as key=value'
    ' items, exclusions as arrays of them; a governed request names the one candidate to judge.';

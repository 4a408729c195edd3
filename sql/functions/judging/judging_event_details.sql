-- What a simulation must know of these experiments: decided (epoch seconds, UTC), result, scope as
-- items and samples (null where there are none).
create or replace function learning.judging_event_details(p_ids bigint[])
returns table (
    id bigint, version text, decided double precision, won boolean, roi double precision,
    items text[], samples jsonb
)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select e.id, e.xmin::text || e.ctid::text, extract(epoch from e.decided_at)::double precision,
        e.outcome = 'success', e.roi, learning.scope_items(e.scope),
        case when jsonb_typeof(e.factors -> 'samples') = 'array' then e.factors -> 'samples' end
    from learning.pattern_episode_events as e
    where e.id = any (p_ids)
    order by e.id
$$;
comment on function learning.judging_event_details(bigint[]) is
    'Experiments as the simulation worker reads them, once per row version.';

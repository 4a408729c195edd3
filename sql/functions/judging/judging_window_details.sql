-- What a simulation must know of these windows: UTC day, result and prices (where there is no
-- result yet those of the mark), scope as items and samples (null where there are none).
create or replace function learning.judging_window_details(p_ids bigint[])
returns table (
    id bigint, version text, day integer, timeframe text, won boolean, entry_price double precision,
    exit_price double precision, roi double precision, items text[], samples jsonb
)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select e.id, e.xmin::text || e.ctid::text || coalesce(m.marked_at::text, ''),
        (e.opened_at at time zone 'utc')::date - date '1970-01-01',
        coalesce(e.scope ->> 'timeframe', ''), e.outcome is not distinct from 'success',
        coalesce(e.entry_price, m.entry_price), coalesce(e.exit_price, m.exit_price),
        coalesce(e.roi, m.roi), learning.scope_items(e.scope),
        case when jsonb_typeof(e.factors -> 'samples') = 'array' then e.factors -> 'samples' end
    from learning.pattern_episode_events as e
    left join learning.window_marks as m on m.window_id = e.window_id
    where e.id = any (p_ids)
    order by e.id
$$;
comment on function learning.judging_window_details(bigint[]) is
    'Windows as the simulation worker reads them, once per row version.';

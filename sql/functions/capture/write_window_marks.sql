-- Marks of windows that wait for their virtual result: rows of p_marks with marked_ms, of which
-- each window's newest stays. Windows that have their result are passed over.
create or replace function learning.write_window_marks(p_marks jsonb)
returns void
language sql volatile
set search_path = pg_catalog, pg_temp
as $$
    insert into learning.window_marks (window_id, marked_at, entry_price, exit_price, roi)
    select distinct on (w.window_id) w.window_id, to_timestamp(w.marked_ms / 1000.0),
        w.entry_price, w.exit_price, w.roi
    from jsonb_to_recordset(p_marks) as w (
        window_id text, entry_price double precision, exit_price double precision,
        roi double precision, marked_ms bigint
    )
    join learning.pattern_episode_events as e on e.window_id = w.window_id
    where w.marked_ms is not null and e.roi is null
    order by w.window_id, w.marked_ms desc
    on conflict (window_id) do update
    set (marked_at, entry_price, exit_price, roi)
        = (excluded.marked_at, excluded.entry_price, excluded.exit_price, excluded.roi)
$$;
comment on function learning.write_window_marks(jsonb) is
    'Writes the marks of windows that wait for their virtual result.';

with marked as (
    insert into learning.window_marks as m (window_id, marked_at, entry_price, exit_price, roi)
    select distinct on (s.window_id) s.*
    from pg_temp.staged_marks as s
    join learning.pattern_episode_events as e on e.window_id = s.window_id
    where s.marked_at > %(since)s and s.marked_at <= %(until)s and e.roi is null
    order by s.window_id, s.marked_at desc
    on conflict (window_id) do update
    set (marked_at, entry_price, exit_price, roi)
        = (excluded.marked_at, excluded.entry_price, excluded.exit_price, excluded.roi)
)
delete from learning.window_marks as m
using learning.pattern_episode_events as e
where e.window_id = m.window_id and e.roi is not null

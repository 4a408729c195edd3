begin;
select plan(6);

-- Sixty windows of ten days, one an hour: results come after a day, but for the first of day 1
-- (which waits and has a mark), the second (which waits without one) and one of the last day.
do $$ begin perform learning.set_clock('2026-03-01 00:00:00+00'); end $$;
insert into learning.pattern_episode_events (
    window_id, pattern_key, scope, decision, decided_at, opened_at, entry_price, exit_price, roi,
    roi_at
)
select 'w' || d || '-' || h, 'pm.uptrend.S1.entry', '{"timeframe": "1h"}', 'skipped', o.at, o.at,
    case when r.has_result then 100 end, case when r.has_result then 110 end,
    case when r.has_result then 0.098 end, case when r.has_result then o.at + interval '1 day' end
from generate_series(1, 10) as d
cross join generate_series(1, 6) as h
cross join lateral (
    select timestamptz '2026-02-18 00:00:00+00' + make_interval(days => d, hours => h) as at
) as o
cross join lateral (
    select (d, h) not in ((1, 1), (1, 2), (10, 6)) as has_result
) as r;
insert into learning.window_marks (window_id, marked_at, entry_price, exit_price, roi)
select e.window_id, '2026-02-28 00:00:00+00', 50, 40, -0.2018
from learning.pattern_episode_events as e
where e.window_id = 'w1-1';

create temporary table run as
select * from learning.begin_run('quadrant.judge');
insert into learning.looks (run_id, pattern_key, profile, look_day)
select r.id, 'pm.uptrend.S1.entry', 'evidence', '2026-03-01' from run as r;
create temporary table judged as
select u.id, u.version, e.window_id
from learning.looks as l
cross join lateral learning.judging_windows(l.id) as j
cross join lateral unnest(j.ids, j.versions) as u (id, version)
join learning.pattern_episode_events as e on e.id = u.id;

select ok(
    exists (select from judged as j where j.window_id = 'w1-1'),
    'older than its timeframe''s 95 % time it counts, at its mark'
);
select ok(
    not exists (select from judged as j where j.window_id = 'w1-2'),
    'without a mark it is left out'
);
select ok(
    exists (select from judged as j where j.window_id = 'w1-3'),
    'and its day is mature'
);
select is(
    (select count(*) from judged as j where j.window_id like 'w10-%'),
    0::bigint,
    'the day of one that is younger is not'
);
select results_eq(
    $$
        select d.entry_price, d.exit_price, d.roi
        from judged as j
        cross join lateral learning.judging_window_details(array[j.id]) as d
        where j.window_id = 'w1-1' and d.version = j.version
    $$,
    $$values (50::double precision, 40::double precision, -0.2018::double precision)$$,
    'and the worker reads the mark, under the version that was listed'
);

update learning.window_marks as m set marked_at = '2026-03-01 00:00:00+00', exit_price = 60;
select ok(
    (
        select d.version <> j.version
        from judged as j
        cross join lateral learning.judging_window_details(array[j.id]) as d
        where j.window_id = 'w1-1'
    ),
    'another mark is another version'
);

select * from finish();
rollback;

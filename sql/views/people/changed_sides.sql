-- What changes sides under every solution that is in force, suspended or proposed, as its pattern's
-- newest look saw it (learning.changed_windows() tells it of one).
create or replace view analyst.changed_sides as
with newest as (
    select distinct on (k.pattern_key) k.id, k.pattern_key, k.look_day
    from learning.looks as k
    where k.status = 'decided'
    order by k.pattern_key, k.id desc
),
standing as (
    select s.id as solution_id, s.pattern_key, s.scope_subset, k.id as look_id, k.look_day,
        l.lesson_id, p.candidate
    from learning.solutions as s
    join newest as k on k.pattern_key = s.pattern_key
    join learning.look_slices as l on l.look_id = k.id and l.scope_subset = s.scope_subset
    join learning.policies(s.pattern_key) as p on p.steps = s.steps
    where s.status in ('active', 'suspended', 'proposed')
)
select s.solution_id, s.lesson_id, s.pattern_key, s.scope_subset, s.look_day, e.window_id,
    c.symbol, c.timeframe, e.opened_at, e.decision, e.outcome, e.roi,
    case u.kind when 1 then 'admitted' when -1 then 'refused' else 'another bar' end as side,
    u.value
from standing as s
cross join lateral learning.stored_sides(s.look_id, s.lesson_id, s.candidate) as u
join learning.pattern_episode_events as e on e.id = u.id
left join learning.lowcap_positions as c on c.position_id = e.position_id;
comment on view analyst.changed_sides is
    'One row per solution and window that changes sides under it, within evidence_days before the newest look.';
comment on column analyst.changed_sides.side is 'admitted, refused, or bought at another bar.';
comment on column analyst.changed_sides.value is 'The difference it makes in ROI (0.05 = 5 %).';
comment on column analyst.changed_sides.decision is 'What was really done, by whichever gates were in force then.';

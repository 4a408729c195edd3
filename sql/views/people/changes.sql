-- Every decision about gates that is in force, suspended or proposed, in words, with what it let in
-- and kept out: one row per solution, not per gate.
create or replace view analyst.changes as
select d.id, case d.status when 'active' then 'in force' else d.status end as status, d.pinned,
    d.method, d.pattern_key, d.scope_subset, d.gates,
    analyst.setup_in_words(d.pattern_key) as setup,
    analyst.scope_in_words(d.scope_subset) as scope_words,
    analyst.gates_in_words(d.gates) as gates_words,
    d.changed, d.value / nullif(d.changed, 0) as effect, d.z, s.money_z, d.evidence,
    s.n, s.look_day, d.odds_for, d.odds_against, d.reason, d.decided_by, d.changed_at,
    s.in_force_since, s.let_in, s.let_in_days, s.let_in_finished, s.let_in_succeeded, s.let_in_roi,
    s.kept_out, s.kept_out_finished, s.kept_out_succeeded, s.kept_out_roi, l.lesson_id, w.open_to
from analyst.decisions as d
left join analyst.solutions as s on d.method = 'simulation' and s.solution_id = d.id
left join learning.solutions as o on o.id = s.solution_id
left join lateral (
    select k.lesson_id
    from learning.look_slices as k
    join learning.looks as n on n.id = k.look_id
    where n.pattern_key = d.pattern_key
        and n.status = 'decided'
        and k.scope_subset = d.scope_subset
        and o.id is not null
    order by n.id desc
    limit 1
) as l on true
cross join lateral (
    select array(
        select a.decision
        from unnest('{approve,pin,unpin,dismiss}'::text[]) with ordinality as a (decision, place)
        where d.status = any (learning.statuses_open_to(a.decision, d.method))
            and a.decision <> case when d.pinned then 'pin' else 'unpin' end
        order by a.place
    ) as open_to
) as w
where d.method <> 'strength';
comment on view analyst.changes is
    'One row per change of gates in force, suspended or proposed, now: in words, its evidence within evidence_days, and what it let in and kept out since it came into force.';
comment on column analyst.changes.effect is 'Mean difference in ROI per setup it changes (0.05 = 5 %), within evidence_days.';
comment on column analyst.changes.evidence is 'E: odds of the whole search of its slice against chance.';
comment on column analyst.changes.let_in_roi is 'Mean virtual result of what it let in, a fraction (0.05 = 5 %).';
comment on column analyst.changes.kept_out_roi is 'Mean virtual result of what it kept out, a fraction (0.05 = 5 %).';
comment on column analyst.changes.lesson_id is 'The lesson of its slice in the newest look, as in analyst.grids.';
comment on column analyst.changes.open_to is 'What a person may decide about it: approve, pin, unpin, dismiss.';

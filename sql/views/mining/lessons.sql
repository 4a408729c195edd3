-- The lessons that stand for themselves; slices that merely repeat a broader one's counts are
-- counted in copies and listed in analyst.lesson_copies.
create or replace view analyst.lessons as
select l.id as lesson_id, l.status, l.lesson_type, l.pattern_key, l.action_category, l.scope_subset,
    l.n, s.verdict, s.sr, s.sr_low, s.sr_high, s.sr_rest, d.difference, d.difference_low,
    d.difference_high, d.p as difference_p, d.q as difference_q, d.is_different, s.wr, s.wr_low,
    s.wr_high, s.wr_shrunk, s.fpr,
    s.fpr_low, s.fpr_high, s.fpr_shrunk, s.mr, s.mr_low, s.mr_high, s.mr_shrunk, s.dr, s.dr_low,
    s.dr_high, s.dr_shrunk, s.n_acted, s.n_skipped, s.n_misses, s.n_fps, s.n_policy, s.n_eff,
    s.pressure, s.n_sampled, s.n_valued,
    coalesce(c.copies, 0) as copies, l.run_id, l.updated_at
from learning.learning_lessons as l
cross join lateral jsonb_to_record(l.stats) as s (
    verdict text, sr double precision, sr_low double precision, sr_high double precision,
    sr_rest double precision, wr double precision, wr_low double precision,
    wr_high double precision, wr_shrunk double precision, fpr double precision,
    fpr_low double precision, fpr_high double precision, fpr_shrunk double precision,
    mr double precision, mr_low double precision, mr_high double precision,
    mr_shrunk double precision, dr double precision, dr_low double precision,
    dr_high double precision, dr_shrunk double precision, n_acted bigint, n_skipped bigint,
    n_misses bigint, n_fps bigint, n_policy bigint, n_eff double precision, pressure bigint,
    n_sampled bigint, n_valued bigint
)
left join learning.lesson_differences as d on d.lesson_id = l.id
left join (
    select o.copy_of, count(*) as copies from analyst.lesson_copies as o group by o.copy_of
) as c on c.copy_of = l.id
where l.action_category = 'tuning'
    and not l.is_copy;
comment on view analyst.lessons is
    'What was learned: per lesson its rates with 95 % bounds and shrunk values; sr is the success rate of attempts, difference_q says whether it differs from the rest of the parent.';
comment on column analyst.lessons.difference_p is 'Of: it succeeds as often as the rest of its parent.';
comment on column analyst.lessons.difference_q is 'The same, all slices of the pattern paid for (false discovery rate); at most 0.05: is_different.';

-- The lessons that stand for themselves; slices that merely repeat a broader one's counts are
-- counted in copies and listed in analyst.lesson_copies.
create or replace view analyst.lessons as
select l.id as lesson_id, l.status, l.lesson_type, l.pattern_key, l.action_category, l.scope_subset,
    l.n,
    (l.stats ->> 'verdict') as verdict,
    (l.stats ->> 'sr')::double precision as sr,
    (l.stats ->> 'sr_low')::double precision as sr_low,
    (l.stats ->> 'sr_high')::double precision as sr_high,
    (l.stats ->> 'sr_rest')::double precision as sr_rest,
    d.difference, d.difference_low, d.difference_high, d.p, d.q, d.is_different,
    (l.stats ->> 'wr')::double precision as wr,
    (l.stats ->> 'wr_low')::double precision as wr_low,
    (l.stats ->> 'wr_high')::double precision as wr_high,
    (l.stats ->> 'wr_shrunk')::double precision as wr_shrunk,
    (l.stats ->> 'fpr')::double precision as fpr,
    (l.stats ->> 'fpr_low')::double precision as fpr_low,
    (l.stats ->> 'fpr_high')::double precision as fpr_high,
    (l.stats ->> 'fpr_shrunk')::double precision as fpr_shrunk,
    (l.stats ->> 'mr')::double precision as mr,
    (l.stats ->> 'mr_low')::double precision as mr_low,
    (l.stats ->> 'mr_high')::double precision as mr_high,
    (l.stats ->> 'mr_shrunk')::double precision as mr_shrunk,
    (l.stats ->> 'dr')::double precision as dr,
    (l.stats ->> 'dr_low')::double precision as dr_low,
    (l.stats ->> 'dr_high')::double precision as dr_high,
    (l.stats ->> 'dr_shrunk')::double precision as dr_shrunk,
    (l.stats ->> 'n_acted')::bigint as n_acted,
    (l.stats ->> 'n_skipped')::bigint as n_skipped,
    (l.stats ->> 'n_misses')::bigint as n_misses,
    (l.stats ->> 'n_fps')::bigint as n_fps,
    (l.stats ->> 'n_policy')::bigint as n_policy,
    (l.stats ->> 'n_eff')::double precision as n_eff,
    (l.stats ->> 'pressure')::bigint as pressure,
    (l.stats ->> 'n_sampled')::bigint as n_sampled,
    (l.stats ->> 'n_valued')::bigint as n_valued,
    coalesce(c.copies, 0) as copies, l.latent_factor_id, l.run_id, l.updated_at
from learning.learning_lessons as l
left join learning.lesson_differences as d on d.lesson_id = l.id
left join (
    select o.copy_of, count(*) as copies from analyst.lesson_copies as o group by o.copy_of
) as c on c.copy_of = l.id
where l.action_category = 'tuning'
    and coalesce(l.latent_factor_id = l.pattern_key || ' ' || l.scope_subset::text, true);
comment on view analyst.lessons is
    'What was learned: per lesson its rates with 95 % bounds and shrunk values; sr is the success rate of attempts, q says whether it differs from the rest of the parent.';

-- The stats of a lesson from its slice's counts: rates (null without a denominator), counts, n_eff,
-- 95 % Wilson bounds on effective windows, values shrunk toward the parent's rates with the
-- strength of p_shrinkage windows (p_parent null: the whole pattern, nothing to shrink toward),
-- verdict; and sr, the success rate of attempts (acted or skipped: outcomes know nothing of gates),
-- against sr_rest, that of the rest of the parent. One row: as a table it is planned with its
-- caller; the offsets keep each figure from being worked out again in every figure made of it.
-- Atomic: what it calls is resolved once, for analysts may look up no names in this schema.
create or replace function learning.rate_stats(
    p_slice learning.slice_rates, p_parent learning.slice_rates, p_shrinkage double precision
)
returns table (stats jsonb)
language sql immutable parallel safe
begin atomic
    select jsonb_build_object(
        'wr', v.wr, 'wr_low', a.low, 'wr_high', a.high, 'wr_shrunk', v.wr_shrunk,
        'fpr', 1 - v.wr, 'fpr_low', 1 - a.high, 'fpr_high', 1 - a.low,
        'fpr_shrunk', 1 - v.wr_shrunk,
        'mr', v.mr, 'mr_low', s.low, 'mr_high', s.high, 'mr_shrunk', v.mr_shrunk,
        'dr', 1 - v.mr, 'dr_low', 1 - s.high, 'dr_high', 1 - s.low, 'dr_shrunk', 1 - v.mr_shrunk,
        'n_acted', v.n_acted, 'n_skipped', v.n_skipped,
        'n_misses', (p_slice).skipped_success, 'n_fps', (p_slice).acted_failure,
        'n_policy', (p_slice).n_policy, 'n_eff', v.n_eff,
        'n_sampled', (p_slice).n_sampled, 'n_valued', (p_slice).n_valued,
        'sr', v.sr, 'sr_low', o.low, 'sr_high', o.high,
        'sr_rest', v.rest_successes / nullif(v.rest_eff, 0), 'rest_n_eff', v.rest_eff,
        'pressure', (p_slice).skipped_success - (p_slice).acted_failure,
        'verdict', learning.lesson_verdict(
            (p_slice).acted_success, (p_slice).acted_failure, (p_slice).skipped_success,
            (p_slice).skipped_failure
        )
    )
    from (
        select c.*,
            coalesce((c.wr * c.acted_eff + p_shrinkage * c.parent_wr) / (c.acted_eff + p_shrinkage),
                c.parent_wr, c.wr) as wr_shrunk,
            coalesce((c.mr * c.skipped_eff + p_shrinkage * c.parent_mr)
                / (c.skipped_eff + p_shrinkage), c.parent_mr, c.mr) as mr_shrunk
        from (
            select n.*,
                (p_slice).acted_success / nullif(n.n_acted, 0)::double precision as wr,
                (p_slice).skipped_success / nullif(n.n_skipped, 0)::double precision as mr,
                n.n_acted * n.n_eff / nullif((p_slice).n, 0) as acted_eff,
                n.n_skipped * n.n_eff / nullif((p_slice).n, 0) as skipped_eff,
                n.eff_successes / nullif(n.n_eff, 0) as sr
            from (
                select (p_slice).acted_success + (p_slice).acted_failure as n_acted,
                    (p_slice).skipped_success + (p_slice).skipped_failure as n_skipped,
                    learning.attempts((p_slice).weight) as n_eff,
                    learning.attempts((p_slice).success_weight) as eff_successes,
                    learning.attempts((p_parent).weight - (p_slice).weight) as rest_eff,
                    learning.attempts((p_parent).success_weight - (p_slice).success_weight)
                        as rest_successes,
                    (p_parent).acted_success / nullif(
                        (p_parent).acted_success + (p_parent).acted_failure, 0
                    )::double precision as parent_wr,
                    (p_parent).skipped_success / nullif(
                        (p_parent).skipped_success + (p_parent).skipped_failure, 0
                    )::double precision as parent_mr
                offset 0
            ) as n
            offset 0
        ) as c
        offset 0
    ) as v
    cross join lateral learning.wilson_interval(v.wr * v.acted_eff, v.acted_eff) as a
    cross join lateral learning.wilson_interval(v.mr * v.skipped_eff, v.skipped_eff) as s
    cross join lateral learning.wilson_interval(v.eff_successes, v.n_eff) as o;
end;
comment on function
    learning.rate_stats(learning.slice_rates, learning.slice_rates, double precision) is
    'The stats of a tuning lesson, under the names of the lesson: rates, bounds, shrunk values, counts.';

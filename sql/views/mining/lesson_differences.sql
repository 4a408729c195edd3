-- Per active tuning lesson that is no copy and has a rest of a parent: q (Benjamini-Hochberg over
-- those of its pattern) of "it succeeds as often as the rest of its parent", and an interval of the
-- difference. With R of m lessons at q <= 0.05 the interval's level is 1 - 0.05 max(R, 1) / m, that
-- of Benjamini and Yekutieli (2005) for selected parameters: q <= 0.05 exactly where p is at most
-- that share. The interval is Newcombe's (1998, method 10); its end next to zero is the test's own,
-- so that it never says otherwise than q.
create or replace view learning.lesson_differences as
with tested as materialized (
    select l.lesson_id, l.pattern_key, d.*, e.successes / e.n_eff as sr, e.n_eff,
        e.rest_successes / e.rest_n_eff as sr_rest, e.rest_n_eff
    from learning.lesson_slices as l
    cross join lateral (
        select learning.attempts((l.slice).success_weight) as successes,
            learning.attempts((l.slice).weight) as n_eff,
            learning.attempts((l.parent).success_weight - (l.slice).success_weight)
                as rest_successes,
            learning.attempts((l.parent).weight - (l.slice).weight) as rest_n_eff
        offset 0
    ) as e
    cross join lateral learning.rate_difference(
        e.successes, e.n_eff, e.rest_successes, e.rest_n_eff
    ) as d
    where l.status = 'active' and not l.is_copy and e.rest_n_eff > 0 and e.n_eff > 0
),
ranked as (
    select t.lesson_id, t.pattern_key, t.p,
        row_number() over (partition by t.pattern_key order by t.p, t.lesson_id) as rank,
        count(*) over (partition by t.pattern_key) as m
    from tested as t
),
stepped as (
    select r.lesson_id, r.pattern_key, r.m,
        min(r.p * r.m / r.rank) over (partition by r.pattern_key order by r.rank desc) as q
    from ranked as r
),
controlled as (
    select s.lesson_id, s.q, 0.05::double precision
        * greatest(1, count(*) filter (where s.q <= 0.05) over (partition by s.pattern_key)) / s.m
        as level
    from stepped as s
),
bounded as (
    select t.lesson_id, t.pattern_key, t.difference, t.z, t.p, c.q, c.level,
        c.q <= 0.05 as is_different, v.quantile,
        t.difference - sqrt((t.sr - s.low) ^ 2 + (r.high - t.sr_rest) ^ 2) as low,
        t.difference + sqrt((s.high - t.sr) ^ 2 + (t.sr_rest - r.low) ^ 2) as high
    from tested as t
    join controlled as c on c.lesson_id = t.lesson_id
    cross join lateral (select learning.normal_quantile(c.level / 2) as quantile offset 0) as v
    cross join lateral learning.wilson_interval(t.sr * t.n_eff, t.n_eff, v.quantile) as s
    cross join lateral learning.wilson_interval(
        t.sr_rest * t.rest_n_eff, t.rest_n_eff, v.quantile
    ) as r
)
select b.lesson_id, b.pattern_key, b.difference, b.p, b.q, b.is_different, 1 - b.level as level,
    case
        when b.difference < 0 then b.low
        when b.is_different then greatest(b.low, b.difference * (1 - b.quantile / b.z))
        else least(b.low, 0)
    end as difference_low,
    case
        when b.difference >= 0 then b.high
        when b.is_different then least(b.high, b.difference * (1 - b.quantile / b.z))
        else greatest(b.high, 0)
    end as difference_high
from bounded as b;
comment on view learning.lesson_differences is
    'Which tuning lessons, no copies, succeed more or less often than the rest of their parent: p, q and an interval of the difference that agrees with q at 0.05.';

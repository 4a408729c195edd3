-- The same step as learning.step_allocation, for 20 paths on which the timeframe's trades get the
-- ROI of any trade so far, drawn by the trade's id and the path. In floating point, over all paths
-- at once: the rules of roi_average, desired_shares and allocation_step, with their constants
-- (learning.allocation_rule); a test holds it to them. Means are rounded as theirs are and ages
-- bounded, for floating point refuses what is too small for it. Long, for it is one statement.
-- p_before: the shares the paths start from; p_age: days since the newest trade of the timeframe
-- (negative: it came late). p_paths: rows of allocation_shuffles, answered as they then are.
create or replace function learning.step_shuffles(
    p_paths jsonb, p_trade_id text, p_timeframe text, p_age double precision, p_before jsonb
)
returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
    return (
        with paths as materialized (
            select s.*
            from jsonb_to_recordset(p_paths) as s (
                path smallint, timeframe text, share double precision, mean double precision,
                mass double precision, n integer
            )
            union all
            select p.path, b.key, b.value::double precision, null, 0, 0
            from generate_series(1, 20) as p (path)
            cross join jsonb_each_text(p_before) as b
            where p_paths = '[]'
        ),
        reach as materialized (
            select min(h.id) as oldest, max(h.id) as newest from learning.allocation_history as h
        ),
        averaged as materialized (
            select s.path, s.timeframe, s.share, s.n + 1 as n, m.mass, round(
                coalesce(s.mean + w.weight * (d.roi - s.mean) / m.mass, d.roi)::numeric, 12
            )::double precision as mean
            from paths as s
            cross join reach as r
            cross join lateral (
                select round(h.roi::numeric, 12)::double precision as roi
                from learning.allocation_history as h
                where h.id >= r.oldest + (
                        hashtextextended(p_trade_id, s.path) & 1073741823
                    ) % (r.newest - r.oldest + 1)
                    and h.roi is not null
                order by h.id
                limit 1
            ) as d
            cross join lateral (
                select greatest(-100, least(
                    100, p_age / learning.allocation_rule('short_days')::double precision
                )) as age
            ) as t
            cross join lateral (select exp(least(t.age, 0)) as weight) as w
            cross join lateral (select s.mass * exp(-greatest(t.age, 0)) + w.weight as mass) as m
            where s.timeframe = p_timeframe
            union all
            select s.path, s.timeframe, s.share, s.n, s.mass, s.mean
            from paths as s
            where s.timeframe <> p_timeframe
        ),
        traded as (
            select a.path, a.timeframe, a.share,
                a.mean - least(0, min(a.mean) over every) as weight,
                sum(a.share) over every as whole, count(*) over every as traded,
                least(
                    1, min(a.n) over every
                        / learning.allocation_rule('full_steps_from')::double precision
                ) as pace
            from averaged as a
            where a.n > 0
            window every as (partition by a.path)
        ),
        weighed as (
            select t.path, t.timeframe, t.share, t.whole, t.traded, t.pace,
                case when max(t.weight) over every > 0 then t.weight else 1 end as weight,
                least(
                    learning.allocation_rule('floor')::double precision, t.whole / t.traded
                ) as lowest
            from traded as t
            window every as (partition by t.path)
        ),
        ranked as (
            select w.*, row_number() over upward - 1 as below,
                sum(w.weight) over (upward rows between current row and unbounded following) as rest
            from weighed as w
            window upward as (partition by w.path order by w.weight, w.timeframe)
        ),
        floored as (
            select r.*, (r.whole - r.below * r.lowest) * r.weight < r.lowest * r.rest as is_floored
            from ranked as r
        ),
        wanted as (
            select f.path, f.timeframe, f.pace * greatest(-r.most, least(r.most, case
                    when f.is_floored then f.lowest
                    else (f.whole - f.lowest * count(*) filter (where f.is_floored) over every)
                        * f.weight / sum(f.weight) filter (where not f.is_floored) over every
                end - f.share)) as change
            from floored as f
            cross join (
                select learning.allocation_rule('largest_step')::double precision as most
            ) as r
            where f.traded > 1
            window every as (partition by f.path)
        ),
        sides as (
            select w.*, coalesce(sum(w.change) filter (where w.change > 0) over every, 0) as gains,
                coalesce(-sum(w.change) filter (where w.change < 0) over every, 0) as losses
            from wanted as w
            window every as (partition by w.path)
        )
        select jsonb_agg(jsonb_build_object(
            'path', a.path, 'timeframe', a.timeframe, 'mean', a.mean, 'mass', a.mass, 'n', a.n,
            'share', a.share + coalesce(
                d.change * least(d.gains, d.losses)
                    / nullif(case when d.change > 0 then d.gains else d.losses end, 0), 0
            )
        ))
        from averaged as a
        left join sides as d on d.path = a.path and d.timeframe = a.timeframe
    );
end
$$;
comment on function learning.step_shuffles(jsonb, text, text, double precision, jsonb) is
    'One step of the shares on every path on which ROIs are dealt out at random.';

-- Whether the trades of a pattern's strength lessons (no copies) beat the pattern's at equal
-- exposure: of the trades that closed in evidence_days whole days (UTC) before p_as_of. gain of a
-- trade: the rank of its ROI among those of its timeframe (as judging.scores has it; fewer than 20
-- gain nothing), less that of the day's other trades; money: its ROI (at most 1) less the mean of
-- all. z and money_z: sum / sqrt(sum of squares) of the days; wealth: of bets that it is better,
-- those of judging.wealth with its stakes, scale and cap, averaged over stakes and the latest four
-- quarterly starts. Long, for it is one statement.
create or replace function learning.strength_evidence(p_pattern_key text, p_as_of timestamptz)
returns table (
    lesson_id bigint, n bigint, days bigint, wealth double precision, z double precision,
    money_z double precision
)
language sql stable security definer
set search_path = pg_catalog, pg_temp
set timezone = 'UTC' set enable_nestloop = off
as $$
    with look as materialized (
        select p_as_of::date as ends,
            learning.setting(p_pattern_key, 'evidence_days')::integer as evidence_days
    ),
    events as materialized (
        select e.trade_id, e.ordinal, e.scope, least(e.roi, 1) as roi, e.closed_at::date as day
        from look as k
        join learning.pattern_trade_events as e on e.pattern_key = p_pattern_key
        where e.closed_at < k.ends and e.closed_at >= k.ends - k.evidence_days
    ),
    trades as materialized (
        select distinct on (e.trade_id) e.trade_id, e.roi, e.day, e.scope ->> 'timeframe' as frame
        from events as e
        order by e.trade_id, e.ordinal
    ),
    ranked as (
        select t.*, t.roi - avg(t.roi) over () as money, count(*) over f >= 20 as is_ranked,
            ((rank() over (partition by t.frame order by t.roi) - 1
                + count(*) over (partition by t.frame, t.roi) / 2.0::double precision)
                / count(*) over f - 0.5) * sqrt(12.0::double precision) as score
        from trades as t
        window f as (partition by t.frame)
    ),
    gained as materialized (
        select r.trade_id, r.day, r.money,
            case when r.is_ranked then r.score - (sum(r.score) over d - r.score) / count(*) over d
                else 0 end as gain,
            case when r.is_ranked
                then sqrt(3.0::double precision) * (1 + (count(*) over d - 1.0) / count(*) over d)
                else 0 end as bound
        from ranked as r
        window d as (partition by r.day, r.is_ranked)
    ),
    lessons as materialized (
        select l.id, l.scope_subset
        from learning.lessons as l
        where l.lesson_type = 'pm_strength'
            and l.pattern_key = p_pattern_key
            and l.status = 'active'
            and l.copy_of is null
    ),
    scopes as materialized (
        select d.scope, learning.strength_scope(p_pattern_key, d.scope) as mined
        from (select distinct e.scope from events as e) as d
    ),
    members as (
        select distinct l.id, e.trade_id
        from (
            select distinct e.trade_id, s.mined
            from events as e
            join scopes as s on s.scope = e.scope
        ) as e
        join lessons as l on e.mined @> l.scope_subset
    ),
    by_day as (
        select m.id, g.day, count(*) as n, sum(g.gain) as gain, sum(g.bound) as bound,
            sum(g.money) as money
        from members as m
        join gained as g on g.trade_id = m.trade_id
        group by m.id, g.day
    ),
    scaled as materialized (
        select d.*, sqrt(
            (5 + coalesce(sum(d.gain ^ 2) over w, 0))
            / (5 + coalesce(count(*) filter (where d.bound > 0) over w, 0))
        ) as scale
        from by_day as d
        window w as (
            partition by d.id order by d.day rows between unbounded preceding and 1 preceding
        )
    ),
    bets as (
        select s.id, b.stake, q.quarter, exp(coalesce(sum(ln(
            1 + s.gain * least(b.stake / s.scale, 0.9 / nullif(s.bound, 0))
        )) filter (where s.bound > 0 and s.day >= k.ends - 91 * q.quarter), 0)) as wealth
        from scaled as s
        cross join look as k
        cross join unnest('{0.03,0.06,0.12,0.25,0.5}'::double precision[]) as b (stake)
        cross join generate_series(1, 4) as q (quarter)
        group by s.id, b.stake, q.quarter
    ),
    wealths as (
        select b.id, avg(b.wealth) as wealth from bets as b group by b.id
    ),
    sums as (
        select s.id, sum(s.n)::bigint as n, count(*) as days,
            coalesce(sum(s.gain) / nullif(sqrt(sum(s.gain ^ 2)), 0), 0) as z,
            coalesce(sum(s.money) / nullif(sqrt(sum(s.money ^ 2)), 0), 0) as money_z
        from scaled as s
        group by s.id
    )
    select l.id, coalesce(s.n, 0), coalesce(s.days, 0), coalesce(w.wealth, 1), coalesce(s.z, 0),
        coalesce(s.money_z, 0)
    from lessons as l
    left join sums as s on s.id = l.id
    left join wealths as w on w.id = l.id
$$;
comment on function learning.strength_evidence(text, timestamptz) is
    'Per strength lesson of a pattern: trades, days, wealth, z and z of money of its trades against those of the pattern at equal exposure.';

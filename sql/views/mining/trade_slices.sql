-- The closed trades of the lookback, per pattern and scope slice, each trade once: direction of
-- aggression (dir_a) and exit assertiveness (dir_e), weighed by tanh(|roi| / 0.10), and the edge.
-- The half-life is that of |roi| over time (log-linear least squares over at least five trades;
-- zeros left out; where the sign changes, the trades since the last change).
create or replace view learning.trade_slices as
with trades as materialized (
    select distinct e.pattern_key, e.trade_id, learning.mined_scope(e.scope) as scope, e.roi,
        e.did_trim, e.reached_s3, e.hold_hours, e.closed_at
    from learning.pattern_trade_events as e
    join (
        select k.pattern_key, (select learning.clock()) - make_interval(
            days => learning.setting(k.pattern_key, 'lookback_days')::integer
        ) as since
        from (select distinct t.pattern_key from learning.pattern_trade_events as t) as k
    ) as p on p.pattern_key = e.pattern_key and e.closed_at > p.since
),
subsets as materialized (
    select c.pattern_key, c.scope, s.scope_subset, s.depth
    from (
        select t.pattern_key, t.scope, learning.max_dims(t.pattern_key) as max_dims
        from trades as t
        group by t.pattern_key, t.scope
    ) as c
    cross join lateral learning.scope_subsets(c.scope, c.max_dims) as s
),
sliced as materialized (
    select distinct s.pattern_key, s.scope_subset, s.depth, t.trade_id, t.roi, t.did_trim,
        t.reached_s3, t.hold_hours, t.closed_at
    from trades as t
    join subsets as s on s.pattern_key = t.pattern_key and s.scope = t.scope
),
signs as (
    select s.pattern_key, s.scope_subset, s.trade_id, s.roi, s.closed_at,
        sign(s.roi) is distinct from lag(sign(s.roi)) over (
            partition by s.pattern_key, s.scope_subset order by s.closed_at, s.trade_id
        ) as turns
    from sliced as s
    where s.roi <> 0
),
since_turn as (
    select s.pattern_key, s.scope_subset, s.roi, s.closed_at,
        count(*) filter (where s.turns) over (
            partition by s.pattern_key, s.scope_subset order by s.closed_at desc, s.trade_id desc
            rows between unbounded preceding and 1 preceding
        ) as turns_after
    from signs as s
),
decays as (
    select s.pattern_key, s.scope_subset,
        regr_slope(ln(abs(s.roi)), extract(epoch from s.closed_at)::double precision / 3600)
            as slope
    from since_turn as s
    where s.turns_after = 0
    group by s.pattern_key, s.scope_subset
    having count(*) >= 5
),
means as (
    select s.pattern_key, s.scope_subset, s.depth, count(*) as n, avg(s.roi) as mean_roi,
        var_pop(s.roi) as var_roi, avg(s.hold_hours) as hold_hours,
        avg(s.did_trim::integer)::double precision as p_trim,
        avg(s.reached_s3::integer)::double precision as p_s3,
        coalesce(sum(w.weight * d.a) / nullif(sum(w.weight), 0), 0) as dir_a,
        coalesce(sum(w.weight * d.e) / nullif(sum(w.weight), 0), 0) as dir_e,
        max(avg(s.roi)) filter (where s.depth = 0) over (partition by s.pattern_key)
            as global_mean_roi
    from sliced as s
    cross join lateral (select tanh(abs(s.roi) / 0.10) as weight) as w
    cross join lateral (
        select case when s.roi < 0 then -1 when s.roi > 0 and s.reached_s3 then 1 else 0 end as a,
            case when s.roi < 0 and s.did_trim then 1
                when s.roi > 0 and s.reached_s3 then -1 else 0 end as e
    ) as d
    group by s.pattern_key, s.scope_subset, s.depth
)
select m.pattern_key, m.scope_subset, m.depth, m.n, m.mean_roi, m.var_roi, m.global_mean_roi,
    m.hold_hours, m.p_trim, m.p_s3, m.dir_a, m.dir_e,
    c.support * c.reliability as confidence, h.half_life as decay_halflife_hours,
    learning.trade_edge(
        m.n, m.mean_roi, m.var_roi, m.global_mean_roi, m.hold_hours, h.half_life
    ) as edge_raw_roi
from means as m
left join decays as d on d.pattern_key = m.pattern_key and d.scope_subset = m.scope_subset
cross join lateral (select case when d.slope < 0 then -ln(2) / d.slope end as half_life) as h
cross join lateral (
    select 1 - exp(-m.n / 50.0::double precision) as support,
        1 / (1 + m.var_roi + 0.25 / m.n) as reliability
) as c;
comment on view learning.trade_slices is
    'Trades per pattern and scope slice: directions, confidence, half-life (hours) and edge (a fraction).';

-- The closed trades of a pattern's lookback per scope slice of at least p_n_min trades, each trade
-- once: direction of aggression (dir_a) and exit assertiveness (dir_e), weighed by
-- tanh(|roi| / 0.10), confidence = support x reliability, and the edge over the pattern's mean. The
-- half-life (hours) is that of |roi| over time (log-linear least squares over at least five trades;
-- zeros left out; where the sign changes, the trades since the last change). mark is the same for
-- slices of the same trades, and changes when they do. A slice's conditions have p_n_min trades
-- each: others are left out before slices are made. Long, for it is one statement.
create or replace function learning.slices_of_trades(
    p_pattern_key text, p_as_of timestamptz, p_n_min integer
)
returns table (
    scope_subset jsonb, depth integer, n bigint, mean_roi double precision,
    var_roi double precision, global_mean_roi double precision, hold_hours double precision,
    p_trim double precision, p_s3 double precision, dir_a double precision,
    dir_e double precision, confidence double precision, half_life double precision,
    decay double precision, edge_raw_roi double precision, mark numeric
)
language sql stable
set search_path = pg_catalog, pg_temp
set timezone = 'UTC' set enable_nestloop = off
as $$
    with limits as materialized (
        select learning.max_dims(p_pattern_key) as max_dims
    ),
    events as materialized (
        select e.trade_id, e.ordinal, e.scope, e.roi, e.did_trim, e.reached_s3, e.hold_hours,
            e.closed_at
        from learning.pattern_trade_events as e
        where e.pattern_key = p_pattern_key
            and e.closed_at <= p_as_of
            and e.closed_at > p_as_of - make_interval(
                days => learning.setting(p_pattern_key, 'lookback_days')::integer
            )
    ),
    trades as materialized (
        select t.*, row_number() over (order by t.closed_at, t.trade_id)::integer as place,
            hashtextextended(concat_ws(
                ' ', t.trade_id, t.roi, t.did_trim, t.reached_s3, t.hold_hours, t.closed_at
            ), 0)::numeric as mark
        from (
            select distinct on (e.trade_id) e.trade_id, e.roi, e.did_trim, e.reached_s3,
                e.hold_hours, e.closed_at
            from events as e
            order by e.trade_id, e.ordinal
        ) as t
    ),
    scopes as materialized (
        select distinct e.trade_id, s.mined as scope
        from (
            select d.scope, learning.strength_scope(p_pattern_key, d.scope) as mined
            from (select distinct e.scope from events as e) as d
        ) as s
        join events as e on e.scope = s.scope
    ),
    frequent as materialized (
        select i.key, i.value
        from scopes as s
        cross join lateral jsonb_each(s.scope) as i
        group by i.key, i.value
        having count(distinct s.trade_id) >= p_n_min
    ),
    cells as materialized (
        select c.scope, coalesce(jsonb_object_agg(f.key, f.value) filter (where f.key <> ''), '{}')
            as conditions
        from (select distinct s.scope from scopes as s) as c
        left join lateral jsonb_each(c.scope) as i on true
        left join frequent as f on f.key = i.key and f.value = i.value
        group by c.scope
    ),
    subsets as materialized (
        select c.conditions, s.scope_subset, s.depth,
            dense_rank() over (order by s.depth, s.scope_subset)::integer as slice
        from (
            select distinct c.conditions, m.max_dims from cells as c cross join limits as m
        ) as c
        cross join lateral learning.scope_subsets(c.conditions, c.max_dims) as s
    ),
    sliced as materialized (
        select distinct s.slice, t.place
        from trades as t
        join scopes as o on o.trade_id = t.trade_id
        join cells as c on c.scope = o.scope
        join subsets as s on s.conditions = c.conditions
    ),
    valued as materialized (
        select k.slice, t.place, t.roi, t.did_trim, t.reached_s3, t.hold_hours, t.closed_at, t.mark
        from (
            select s.slice from sliced as s group by s.slice having count(*) >= p_n_min
        ) as k
        join sliced as s on s.slice = k.slice
        join trades as t on t.place = s.place
    ),
    signs as (
        select s.slice, s.place, s.roi, s.closed_at,
            sign(s.roi) is distinct from lag(sign(s.roi)) over (
                partition by s.slice order by s.place
            ) as turns
        from valued as s
        where s.roi <> 0
    ),
    since_turn as (
        select s.slice, s.place, s.roi, s.closed_at,
            count(*) filter (where s.turns) over (
                partition by s.slice order by s.place desc
                rows between unbounded preceding and 1 preceding
            ) as turns_after
        from signs as s
    ),
    decays as (
        select s.slice,
            regr_slope(
                ln(abs(s.roi)), extract(epoch from s.closed_at)::double precision / 3600
                order by s.place
            ) as slope
        from since_turn as s
        where s.turns_after = 0
        group by s.slice
        having count(*) >= 5
    ),
    means as (
        select s.slice, count(*) as n, avg(s.roi) as mean_roi,
            var_pop(s.roi) as var_roi, avg(s.hold_hours) as hold_hours,
            avg(s.did_trim::integer)::double precision as p_trim,
            avg(s.reached_s3::integer)::double precision as p_s3,
            coalesce(sum(w.weight * d.a) / nullif(sum(w.weight), 0), 0) as dir_a,
            coalesce(sum(w.weight * d.e) / nullif(sum(w.weight), 0), 0) as dir_e,
            sum(s.mark) as mark
        -- In one order: sums of floats are the same whatever the plan.
        from (select v.* from valued as v order by v.slice, v.place) as s
        cross join lateral (select tanh(abs(s.roi) / 0.10) as weight) as w
        cross join lateral (
            select case when s.roi < 0 then -1 when s.roi > 0 and s.reached_s3 then 1 else 0 end
                    as a,
                case when s.roi < 0 and s.did_trim then 1
                    when s.roi > 0 and s.reached_s3 then -1 else 0 end as e
        ) as d
        group by s.slice
    )
    select i.scope_subset, i.depth, m.n, m.mean_roi, m.var_roi, g.mean_roi, m.hold_hours,
        m.p_trim, m.p_s3, m.dir_a, m.dir_e,
        (1 - exp(-m.n / 50.0::double precision)) / (1 + m.var_roi + 0.25 / m.n), h.half_life,
        learning.trade_decay(h.half_life),
        learning.trade_edge(
            m.n, m.mean_roi, m.var_roi, g.mean_roi, m.hold_hours, h.half_life
        ), m.mark
    from means as m
    cross join (select avg(t.roi order by t.place) as mean_roi from trades as t) as g
    join (select distinct s.slice, s.scope_subset, s.depth from subsets as s) as i
        on i.slice = m.slice
    left join decays as d on d.slice = m.slice
    cross join lateral (select case when d.slope < 0 then -ln(2) / d.slope end as half_life) as h
$$;
comment on function learning.slices_of_trades(text, timestamptz, integer) is
    'Trades of a pattern per scope slice: directions, confidence, half-life (hours), decay and edge (a fraction).';

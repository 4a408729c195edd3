-- What strength would have done with the sizes of a pattern's trades (those of the lookback when
-- they were last mined), by the plan's rule (every lesson that is no copy) and by the overrides in
-- force, from A = 0.5 on (size 0.10 + 0.50 A): size_change, the mean change of size (a fraction);
-- at_equal_exposure, what choosing sizes is worth at the same total size, and of_trading_less, what
-- size_change alone is worth (both fractions of ROI). In sample: the lessons are made of these very
-- trades.
create or replace function learning.strength_effect(p_pattern_key text)
returns table (
    rule text, slices bigint, n_trades bigint, mean_roi double precision,
    size_change double precision, at_equal_exposure double precision,
    of_trading_less double precision
)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    with trades as materialized (
        select distinct on (e.trade_id) e.trade_id, e.roi, e.scope
        from learning.mined_trades as m
        join learning.pattern_trade_events as e on e.pattern_key = m.pattern_key
        where m.pattern_key = p_pattern_key
            and e.closed_at <= m.as_of
            and e.closed_at > m.as_of - make_interval(
                days => learning.setting(p_pattern_key, 'lookback_days')::integer
            )
        order by e.trade_id, e.ordinal
    ),
    rules as (
        select 'plan' as rule, l.scope_subset, (l.stats ->> 'dir_a')::double precision as dir_a,
            (l.stats ->> 'confidence')::double precision as confidence
        from learning.lessons as l
        where l.lesson_type = 'pm_strength'
            and l.pattern_key = p_pattern_key
            and l.status = 'active'
            and l.copy_of is null
        union all
        select 'in force', o.scope_subset, o.dir_a, o.confidence_score
        from learning.pm_overrides as o
        where o.action_category = 'pm_strength'
            and o.pattern_key = p_pattern_key
            and o.status = 'active'
    ),
    matches as (
        select r.rule, c.scope, r.dir_a, r.confidence,
            (1 + cardinality(learning.scope_items(r.scope_subset))) * r.confidence as weight,
            max(r.confidence) over (partition by r.rule, c.scope) as surest
        from (
            select d.scope, learning.strength_scope(p_pattern_key, d.scope) as mined
            from (select distinct t.scope from trades as t) as d
        ) as c
        join rules as r on c.mined @> r.scope_subset
    ),
    blended as (
        select m.rule, m.scope, sum(m.weight * m.dir_a) / sum(m.weight) as dir_a,
            sum(m.weight * m.confidence) / sum(m.weight) as confidence
        from matches as m
        where m.weight > 0 and (m.confidence >= 0.40 or m.surest < 0.40)
        group by m.rule, m.scope
    ),
    -- Headroom at A = 0.5 is 0.5 either way.
    sized as (
        select w.rule, t.roi, 0.10 + 0.50 * (
                0.5 + 0.5 * coalesce(least(0.03 + 0.20 * b.confidence, 0.22) * b.dir_a, 0)
            ) as size
        from trades as t
        cross join (values ('plan'), ('in force')) as w (rule)
        left join blended as b on b.rule = w.rule and b.scope = t.scope
    ),
    summed as (
        select s.rule, count(*) as n_trades, avg(s.roi) as mean_roi,
            avg(s.size) / 0.35 - 1 as change, sum(s.size * s.roi) / sum(s.size) as sized_roi
        from sized as s
        group by s.rule
    )
    select s.rule, (select count(*) from rules as r where r.rule = s.rule), s.n_trades,
        s.mean_roi, s.change, s.sized_roi - s.mean_roi, s.mean_roi * s.change
    from summed as s
$$;
comment on function learning.strength_effect(text) is
    'What strength would have done with the sizes of a pattern''s trades: choosing them, and trading less, apart (fractions).';

-- Per pattern and slice what the channels know of it: rates of its tuning lesson, the levers that
-- would have turned windows that went wrong (episode summaries of the lookback, at the scope of the
-- episode's first window; without entries that name no lever and figures that are no numbers), and
-- its trades: posture, and of families the multiplier they ask for. Slices: tuning lessons (no
-- copies), and those with n_min trades. Refreshed concurrently by learning.run_aggregator().
create materialized view analyst.pattern_scope_stats as
with limits as materialized (
    select k.pattern_key, learning.setting(k.pattern_key, 'n_min')::integer as n_min,
        learning.max_dims(k.pattern_key) as max_dims,
        (select learning.clock()) - make_interval(
            hours => 24 * learning.setting(k.pattern_key, 'lookback_days')::integer
        ) as since
    from (
        select l.pattern_key from learning.lessons as l
        union
        select t.pattern_key from learning.trade_slices as t where t.depth = 0
    ) as k
),
trades as materialized (
    select t.* from learning.trade_slices as t
),
lessons as materialized (
    select l.pattern_key, l.scope_subset, l.n, v.n_acted, v.n_skipped,
        r.skipped_success::bigint as n_misses, r.acted_failure::bigint as n_fps,
        r.n_policy::bigint as n_policy, learning.attempts(r.weight) as n_eff,
        r.skipped_success::bigint - r.acted_failure as pressure,
        r.acted_success / nullif(v.n_acted, 0)::double precision as wr,
        r.skipped_success / nullif(v.n_skipped, 0)::double precision as mr, d.q
    from learning.rate_lessons as l
    join learning.slice_rates as r on r.pattern_key = l.pattern_key and r.slice_key = l.slice_key
    cross join lateral (
        select r.acted_success::bigint + r.acted_failure as n_acted,
            r.skipped_success::bigint + r.skipped_failure as n_skipped
    ) as v
    left join learning.lesson_differences as d on d.lesson_id = l.id
    where l.status = 'active' and not l.is_copy
),
considered as materialized (
    select w.pattern_key, learning.mined_scope(w.scope) as scope, c.item ->> 'lever' as lever,
        jsonb_path_query_first(
            c.item, 'strict $.delta ? (@ > -1e99 && @ < 1e99)', silent => true
        )::double precision as delta,
        jsonb_path_query_first(
            c.item, 'strict $.severity ? (@ > -1e99 && @ < 1e99)', silent => true
        )::double precision as severity,
        jsonb_path_query_first(
            c.item, 'strict $.signal_confidence ? (@ > -1e99 && @ < 1e99)', silent => true
        )::double precision as signal_confidence
    from learning.ad_strands as s
    cross join lateral (
        select e.pattern_key, e.scope
        from learning.pattern_episode_events as e
        where e.episode_id = s.episode_id
        order by e.opened_at, e.window_id
        limit 1
    ) as w
    join limits as m on m.pattern_key = w.pattern_key and s.happened_at > m.since
    cross join lateral jsonb_array_elements(
        case jsonb_typeof(s.content -> 'levers_considered')
            when 'array' then s.content -> 'levers_considered' else '[]' end
    ) as c (item)
    where s.kind = 'uptrend_episode_summary' and c.item ->> 'lever' is not null
),
levers as (
    select c.pattern_key, s.scope_subset, c.lever, sum(c.n)::bigint as n,
        sum(c.delta) / sum(c.deltas) as delta, sum(c.severity) / sum(c.severities) as severity,
        sum(c.signal_confidence) / sum(c.signal_confidences) as signal_confidence
    from (
        select o.pattern_key, o.scope, o.lever, count(*) as n,
            sum(o.delta) as delta, nullif(count(o.delta), 0) as deltas,
            sum(o.severity) as severity, nullif(count(o.severity), 0) as severities,
            sum(o.signal_confidence) as signal_confidence,
            nullif(count(o.signal_confidence), 0) as signal_confidences
        from considered as o
        group by o.pattern_key, o.scope, o.lever
    ) as c
    join limits as m on m.pattern_key = c.pattern_key
    cross join lateral learning.scope_subsets(c.scope, m.max_dims) as s
    group by c.pattern_key, s.scope_subset, c.lever
),
lever_lists as (
    select v.pattern_key, v.scope_subset,
        jsonb_object_agg(v.lever, jsonb_build_object(
            'n', v.n, 'delta', v.delta, 'severity', v.severity,
            'signal_confidence', v.signal_confidence
        )) as levers_considered
    from levers as v
    group by v.pattern_key, v.scope_subset
)
select m.pattern_key, coalesce(l.scope_subset, t.scope_subset) as scope_subset, l.n,
    l.n_acted, l.n_skipped, l.n_misses, l.n_fps, l.n_policy, l.n_eff, l.pressure, l.wr,
    1 - l.wr as fpr, l.mr, 1 - l.mr as dr, l.q,
    coalesce(v.levers_considered, '{}') as levers_considered,
    t.n as n_trades, t.mean_roi, t.p_trim, t.p_s3, t.dir_a, t.dir_e, t.confidence,
    t.decay_halflife_hours, t.edge_raw_roi,
    case when m.pattern_key like 'dm.%' and t.n >= m.n_min
        then learning.target_multiplier(t.edge_raw_roi) end as alloc_mult
from lessons as l
full join trades as t on t.pattern_key = l.pattern_key and t.scope_subset = l.scope_subset
join limits as m on m.pattern_key = coalesce(l.pattern_key, t.pattern_key)
left join lever_lists as v
    on v.pattern_key = m.pattern_key
    and v.scope_subset = coalesce(l.scope_subset, t.scope_subset)
where l.n is not null or t.n >= m.n_min;
comment on materialized view analyst.pattern_scope_stats is
    'Per pattern and slice: counts and rates of its tuning lesson, levers considered {lever: {n, delta, severity, signal_confidence}} (means), trades with directions and edge; of families (dm.*) alloc_mult, which n_min trades ask for. ROIs are fractions.';
create unique index one_row_per_pattern_and_slice
    on analyst.pattern_scope_stats (pattern_key, scope_subset);

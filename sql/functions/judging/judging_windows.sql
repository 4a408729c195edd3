-- The windows a look judges, in the order of the days they opened on. Profile evidence: of
-- evidence_days before look_day, those of mature days. A day is mature once every window of it that
-- can have a result has one, or is older than the time in which 95 % of the results of its
-- timeframe came; what is still without one then counts at its mark. Winners are known late, and a
-- judge that takes what is known sees too many losers. Profile plan: decided within the lookback,
-- with an outcome. What PM and gates in force did has no part.
create or replace function learning.judging_windows(p_look_id bigint)
returns table (ids bigint[], versions text[])
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    with look as (
        select l.*, l.look_day::timestamp at time zone 'utc' as ends,
            learning.setting(l.pattern_key, 'evidence_days')::integer as evidence_days,
            learning.setting(l.pattern_key, 'lookback_days')::integer as lookback_days
        from learning.looks as l
        where l.id = p_look_id
    ),
    candidates as materialized (
        select e.id, e.xmin::text || e.ctid::text || coalesce(m.marked_at::text, '') as version,
            e.opened_at, e.decision is not null as is_decided,
            coalesce(e.roi, m.roi) is not null as has_worth,
            (e.opened_at at time zone 'utc')::date as day, e.scope ->> 'timeframe' as timeframe,
            case when e.roi is not null and coalesce(e.roi_at, e.outcome_at, e.decided_at) < l.ends
                then coalesce(e.roi_at, e.outcome_at, e.decided_at) end as result_at,
            case when e.outcome in ('success', 'failure')
                and coalesce(e.outcome_at, e.decided_at) < l.ends
                then coalesce(e.outcome_at, e.decided_at) end as outcome_at
        from look as l
        join learning.pattern_episode_events as e on e.pattern_key = l.pattern_key
        left join learning.window_marks as m on m.window_id = e.window_id
        where l.profile = 'evidence'
            and e.opened_at >= l.ends - make_interval(days => l.evidence_days)
            and e.opened_at < l.ends
            and e.outcome is distinct from 'neutral'
    ),
    -- A pattern that records outcomes alone is resolved by them.
    resolved as (
        select c.*, case when b.by_outcome then c.outcome_at else c.result_at end as resolved_at,
            c.has_worth and not b.by_outcome as is_marked
        from candidates as c
        cross join (
            select coalesce(2 * count(d.result_at) < count(d.outcome_at), false) as by_outcome
            from candidates as d
        ) as b
    ),
    patience as (
        select r.timeframe,
            percentile_cont(0.95) within group (
                order by extract(epoch from r.resolved_at - r.opened_at)
            ) * interval '1 second' as longest
        from resolved as r
        where r.resolved_at is not null
        group by r.timeframe
    ),
    immature as (
        select distinct r.day
        from resolved as r
        cross join look as l
        left join patience as p on p.timeframe is not distinct from r.timeframe
        where r.resolved_at is null
            and (p.longest is null or r.opened_at > l.ends - p.longest)
    ),
    chosen as (
        select r.id, r.version, r.opened_at
        from resolved as r
        where r.is_decided
            and (r.resolved_at is not null or r.is_marked)
            and r.day not in (select i.day from immature as i)
        union all
        select e.id, e.xmin::text || e.ctid::text || coalesce(m.marked_at::text, ''), e.decided_at
        from look as l
        join learning.pattern_episode_events as e on e.pattern_key = l.pattern_key
        left join learning.window_marks as m on m.window_id = e.window_id
        where l.profile = 'plan'
            and e.outcome in ('success', 'failure')
            and e.decided_at <= l.looked_at
            and e.decided_at > l.looked_at - make_interval(days => l.lookback_days)
    )
    select coalesce(array_agg(c.id order by c.opened_at, c.id), '{}'),
        coalesce(array_agg(c.version order by c.opened_at, c.id), '{}')
    from chosen as c
$$;
comment on function learning.judging_windows(bigint) is
    'Ids and row versions of the mature windows a look judges, oldest first.';

-- How trades ended, as far as it can be known: from these actions, those stored before and the
-- orders the tick was told. did_trim: one of them is a trim (an emergency exit is an exit, no
-- trim); no trim where the list has its exit. reached_s3: something was bought or sold at a pattern
-- of S3, or the stages of the position (strands uptrend_stage_transition) say so between the first
-- buy and the end; not reached where the stage at the first buy is known. Null where nothing can
-- be known: only there what is told counts (learning.write_trade_events).
create or replace function learning.trade_endings(p_events learning.pattern_trade_events[])
returns table (trade_id text, did_trim boolean, reached_s3 boolean)
language sql stable
as $$
    with actions as (
        select e.trade_id, e.action_category, e.pattern_key, e.position_id, e.closed_at,
            e.closed_at - make_interval(secs => 3600 * e.hold_hours) as opened_at,
            null::timestamptz as ordered_at
        from unnest(p_events) as e
        union all
        select t.trade_id, t.action_category, t.pattern_key, t.position_id, null, null, null
        from learning.pattern_trade_events as t
        where t.trade_id = any (array(select e.trade_id from unnest(p_events) as e))
        union all
        select s.trade_id, s.content ->> 'action', null, s.position_id, null, null, s.happened_at
        from learning.ad_strands as s
        where s.trade_id = any (array(select e.trade_id from unnest(p_events) as e))
            and s.kind = 'pm_action'
    ),
    trades as (
        select a.trade_id, max(a.position_id) as position_id,
            bool_or(a.action_category = 'trim') as trimmed,
            bool_or(a.action_category = 'exit') as ended,
            coalesce(bool_or(a.pattern_key like 'pm.uptrend.S3.%'), false) as in_s3,
            coalesce(
                min(a.ordered_at) filter (where a.action_category in ('entry', 'add')),
                min(a.opened_at)
            ) as opened_at,
            coalesce(
                max(a.ordered_at) filter (where a.action_category = 'exit'), max(a.closed_at)
            ) as closed_at
        from actions as a
        group by a.trade_id
    )
    select t.trade_id, case when t.trimmed then true when t.ended then false end,
        case when t.in_s3 or b.stage = 'S3' or d.met_s3 then true
            when b.stage is not null then false end
    from trades as t
    left join lateral (
        select bool_or(s.content ->> 'after' = 'S3') as met_s3
        from learning.ad_strands as s
        where s.position_id = t.position_id
            and s.kind = 'uptrend_stage_transition'
            and s.happened_at > t.opened_at
            and s.happened_at <= t.closed_at
    ) as d on true
    -- The stage at the first buy: that of the newest transition by then, or what a later one left.
    left join lateral (
        select s.content ->> case when s.happened_at <= t.opened_at then 'after' else 'before' end
            as stage
        from learning.ad_strands as s
        where s.position_id = t.position_id
            and s.kind = 'uptrend_stage_transition'
            and t.opened_at is not null
        order by s.happened_at > t.opened_at, abs(extract(epoch from s.happened_at - t.opened_at))
        limit 1
    ) as b on true
$$;
comment on function learning.trade_endings(learning.pattern_trade_events[]) is
    'Per trade of these actions whether it trimmed and reached S3, by what was done and seen; null: it cannot be known.';

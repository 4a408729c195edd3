-- Writes one tick of any number of positions, whole or not at all: changed scopes and states of
-- positions, tick states (where version is the expected one; without a state only the newest bar
-- moves), windows (a row per window_id holding what this tick adds to it), results of windows
-- (outcome, virtual result), the summaries of ended episodes, strands, closed trades with their
-- step of the allocation, and the feed's watermarks, which stand for the quiet positions. The same
-- tick again writes nothing new. Raises QD008 when another ticker was faster or has taken the feed
-- over, QD004 and QD041 for a scope that is none, QD017 for a bar or order of the future, what
-- record_closed_trade raises for a trade. It is the ticker's own; a bot calls Tick or quadrant
-- tick.
create or replace function pm.apply_ticks(
    p_feed text, p_epoch bigint, p_watermarks jsonb, p_positions jsonb, p_states jsonb,
    p_windows jsonb, p_results jsonb, p_endings jsonb, p_strands jsonb
)
returns integer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_written integer;
begin
    perform f.feed
    from learning.feeds as f
    where f.feed = p_feed and f.epoch = p_epoch
    for share;
    if not found then
        raise exception using
            errcode = 'QD008',
            message = format('the feed %s was taken over by another ticker', p_feed),
            hint = 'Nothing was written. Give every ticker a feed of its own.';
    end if;

    perform learning.require_past(to_timestamp(max(t.ms::bigint) / 1000.0), t.what)
    from (
        select 'the bar' as what, jsonb_path_query(p_states, '$[*].last_bar_ms') as ms
        union all
        select 'the bar', w.value from jsonb_each(p_watermarks) as w
        union all
        select 'at_ms', jsonb_path_query(p_strands, '$[*].happened_ms')
    ) as t
    group by t.what;

    -- A closed trade steps the allocation, which is locked before any position.
    if p_strands @? '$[*] ? (@.kind == "position_closed")' then
        perform learning.lock_allocation();
        perform learning.lock_positions(array(
            select w.position_id from jsonb_to_recordset(p_positions) as w (position_id bigint)
        ));
    end if;

    if p_positions <> '[]' then
        perform p.position_id
        from learning.lowcap_positions as p
        where p.position_id in (
            select w.position_id from jsonb_to_recordset(p_positions) as w (position_id bigint)
        )
        order by p.position_id
        for no key update;

        update learning.lowcap_positions as p
        set scope = n.scope, state = n.state, status = n.status, current_trade_id = n.trade_id
        from (
            select k.position_id,
                case when w.scope is null then k.scope
                    else learning.import_scope(w.scope, '') end as scope,
                coalesce(w.state, k.state) as state,
                case when k.status in ('paused', 'archived') then k.status
                    else coalesce(w.status, k.status) end as status,
                case when w.status is null then k.current_trade_id else w.trade_id end as trade_id
            from jsonb_to_recordset(p_positions) as w (
                position_id bigint, scope jsonb, state text, status text, trade_id text
            )
            join learning.lowcap_positions as k on k.position_id = w.position_id
        ) as n
        where n.position_id = p.position_id
            and (p.scope, p.state, p.status, p.current_trade_id)
                is distinct from (n.scope, n.state, n.status, n.trade_id);
    end if;

    if p_states <> '[]' then
        perform t.position_id
        from learning.tick_states as t
        where t.position_id in (
            select w.position_id from jsonb_to_recordset(p_states) as w (position_id bigint)
        )
        order by t.position_id
        for update;

        update learning.tick_states as t
        set state = coalesce(w.state, t.state),
            last_bar_ts = to_timestamp(w.last_bar_ms / 1000.0),
            version = t.version + 1
        from jsonb_to_recordset(p_states) as w (
            position_id bigint, version bigint, state jsonb, last_bar_ms bigint
        )
        where w.position_id = t.position_id and w.version = t.version and t.feed = p_feed;
        get diagnostics v_written = row_count;
        if v_written <> jsonb_array_length(p_states) then
            raise exception using
                errcode = 'QD008',
                message = format(
                    '%s of %s positions were ticked by somebody else meanwhile',
                    jsonb_array_length(p_states) - v_written, jsonb_array_length(p_states)
                ),
                hint = 'Nothing was written. Enroll the positions again, go on from their state.';
        end if;
    end if;

    if p_windows <> '[]' then
        insert into learning.pattern_episode_events as e (
            window_id, episode_id, attempt_id, position_id, episode_type, pattern_key, scope,
            decision, blocked_by, factors, opened_at, decided_at, closed_at, trade_id
        )
        select w.window_id, w.episode_id, w.attempt_id, w.position_id, w.episode_type,
            w.pattern_key, w.scope, w.decision, coalesce(w.blocked_by, '{}'),
            coalesce(w.factors, '{}'), to_timestamp(w.opened_ms / 1000.0),
            to_timestamp(w.decided_ms / 1000.0), to_timestamp(w.closed_ms / 1000.0), w.trade_id
        from jsonb_to_recordset(p_windows) as w (
            window_id text, episode_id text, attempt_id text, position_id bigint,
            episode_type text, pattern_key text, scope jsonb, decision text,
            blocked_by text[], factors jsonb, opened_ms bigint, decided_ms bigint,
            closed_ms bigint, trade_id text
        )
        on conflict on constraint a_window_is_recorded_once do update
        set decision = coalesce(excluded.decision, e.decision),
            decided_at = coalesce(excluded.decided_at, e.decided_at),
            blocked_by = case when excluded.decision is null then e.blocked_by
                else excluded.blocked_by end,
            factors = e.factors || excluded.factors,
            closed_at = coalesce(e.closed_at, excluded.closed_at),
            trade_id = coalesce(e.trade_id, excluded.trade_id)
        -- A decision stays, but a skip is corrected by a fill that was reported late.
        where e.decision is null
            or e.decision is not distinct from excluded.decision
            or (e.decision, excluded.decision) = ('skipped', 'acted');
    end if;

    if p_results <> '[]' then
        update learning.pattern_episode_events as e
        set outcome = case when j.is_judged then e.outcome else coalesce(w.outcome, e.outcome) end,
            outcome_reason = case when j.is_judged then e.outcome_reason
                when w.outcome is not null then w.outcome_reason
                else e.outcome_reason end,
            outcome_at = case when j.is_judged then e.outcome_at
                else coalesce(to_timestamp(w.outcome_ms / 1000.0), e.outcome_at) end,
            entry_price = coalesce(e.entry_price, w.entry_price),
            exit_price = coalesce(e.exit_price, w.exit_price),
            roi = coalesce(e.roi, w.roi),
            roi_at = coalesce(e.roi_at, to_timestamp(w.roi_ms / 1000.0))
        from jsonb_to_recordset(p_results) as w (
            window_id text, outcome text, outcome_reason text, outcome_ms bigint,
            entry_price double precision, exit_price double precision, roi double precision,
            roi_ms bigint
        )
        join learning.pattern_episode_events as known on known.window_id = w.window_id
        cross join lateral (
            select coalesce(known.outcome in ('success', 'failure'), false) as is_judged
        ) as j
        where e.id = known.id;
    end if;

    if p_endings <> '[]' then
        insert into learning.ad_strands (
            kind, position_id, episode_id, content, happened_at, strand_key
        )
        select 'uptrend_episode_summary', s.position_id, s.episode_id, s.content,
            to_timestamp(s.ended_ms / 1000.0), 'uptrend_episode_summary:' || s.episode_id
        from learning.episode_summaries(p_endings) as s
        on conflict on constraint a_strand_is_told_once do nothing;
    end if;

    if p_strands <> '[]' then
        insert into learning.ad_strands (
            kind, position_id, episode_id, trade_id, content, happened_at, strand_key
        )
        select w.kind, w.position_id, w.episode_id, w.trade_id, coalesce(w.content, '{}'),
            to_timestamp(w.happened_ms / 1000.0), w.strand_key
        from jsonb_to_recordset(p_strands) as w (
            kind text, position_id bigint, episode_id text, trade_id text, content jsonb,
            happened_ms bigint, strand_key text
        )
        on conflict on constraint a_strand_is_told_once do nothing;
    end if;

    perform learning.record_closed_trade(
        w.content - '{opened_ms,closed_ms}'::text[] || jsonb_build_object(
            'trade_id', w.trade_id, 'position_id', w.position_id, 'timeframe', p.timeframe,
            'closed_at', to_timestamp(w.happened_ms / 1000.0),
            'opened_at', to_timestamp((w.content ->> 'opened_ms')::bigint / 1000.0),
            'roi_is_checked', true
        )
    )
    from jsonb_to_recordset(p_strands) as w (
        kind text, position_id bigint, trade_id text, content jsonb, happened_ms bigint
    )
    join learning.lowcap_positions as p on p.position_id = w.position_id
    where w.kind = 'position_closed'
    order by w.happened_ms, w.trade_id;

    insert into learning.feed_watermarks as m (feed, timeframe, last_bar_ts)
    select p_feed, w.key, to_timestamp(w.value::bigint / 1000.0)
    from jsonb_each_text(p_watermarks) as w
    on conflict on constraint one_watermark_per_feed_and_timeframe do update
    set last_bar_ts = greatest(m.last_bar_ts, excluded.last_bar_ts);

    return jsonb_array_length(p_windows);
end
$$;
comment on function pm.apply_ticks(text, bigint, jsonb, jsonb, jsonb, jsonb, jsonb, jsonb, jsonb) is
    'Writes one tick of many positions in one transaction: positions, tick states, windows, strands, watermarks {timeframe: epoch ms}. Times are epoch ms UTC. QD008 when another ticker was faster or has the feed.';

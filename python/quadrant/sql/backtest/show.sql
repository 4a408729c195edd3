with news as materialized (
    select s.*, s.closed_at > %(since)s as is_new, s.outcome_at <= %(until)s as has_outcome,
        s.roi_at <= %(until)s as has_result
    from pg_temp.staged_windows as s
    where s.closed_at <= %(until)s
        and greatest(s.closed_at, s.outcome_at, s.roi_at) > %(since)s
),
shown as (
    insert into learning.pattern_episode_events (
        window_id, episode_id, attempt_id, episode_type, pattern_key, scope, decision, blocked_by,
        factors, opened_at, decided_at, closed_at, outcome, outcome_at, entry_price, exit_price,
        roi, roi_at
    )
    select n.window_id, n.episode_id, n.attempt_id, n.episode_type, n.pattern_key, n.scope,
        n.decision, n.blocked_by, n.factors, n.opened_at, n.decided_at, n.closed_at,
        case when n.has_outcome then n.outcome end,
        case when n.has_outcome then n.outcome_at end,
        case when n.has_result then n.entry_price end,
        case when n.has_result then n.exit_price end,
        case when n.has_result then n.roi end,
        case when n.has_result then n.roi_at end
    from news as n
    where n.is_new
    order by n.opened_at, n.window_id
)
update learning.pattern_episode_events as e
set outcome = case when n.has_outcome then n.outcome end,
    outcome_at = case when n.has_outcome then n.outcome_at end,
    entry_price = case when n.has_result then n.entry_price end,
    exit_price = case when n.has_result then n.exit_price end,
    roi = case when n.has_result then n.roi end,
    roi_at = case when n.has_result then n.roi_at end
from news as n
where e.window_id = n.window_id
    and not n.is_new
    and (
        n.has_outcome and n.outcome_at > %(since)s
        or n.has_result and n.roi_at > %(since)s
    )

-- The attempts of the oldest p_limit windows that may go: an attempt goes whole, for its windows
-- share its weight, and when all of it is older than p_before and none of its windows waits for an
-- outcome, for a virtual result (window_marks), or for its trade to close and go first.
create or replace function learning.removable_attempts(p_before timestamptz, p_limit integer)
returns setof text
language sql stable
as $$
    select distinct w.attempt_id
    from (
        select e.attempt_id
        from learning.pattern_episode_events as e
        where e.opened_at < p_before
            and not exists (
                select
                from learning.pattern_episode_events as o
                where o.attempt_id = e.attempt_id
                    and (
                        o.outcome is null
                        or greatest(
                            o.opened_at, o.decided_at, o.closed_at, o.outcome_at, o.roi_at
                        ) >= p_before
                        or exists (
                            select from learning.window_marks as m where m.window_id = o.window_id
                        )
                        or o.trade_id is not null and (
                            exists (
                                select from learning.ad_strands as s
                                where s.trade_id = o.trade_id
                            )
                            or exists (
                                select from learning.pattern_trade_events as t
                                where t.trade_id = o.trade_id
                            )
                            or o.trade_id in (
                                select p.current_trade_id from learning.lowcap_positions as p
                            )
                        )
                    )
            )
        order by e.opened_at
        limit p_limit
    ) as w
$$;
comment on function learning.removable_attempts(timestamptz, integer) is
    'Attempts of which all is older than a moment and nothing waits.';

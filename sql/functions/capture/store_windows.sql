-- Stores windows (learning.checked_window) by window_id. A window that is there gets what it lacks:
-- a decision, a real outcome (instead of none or neutral), a virtual result, times, trade, factors;
-- what stands is never overwritten, but a skip of which a trade is told: it was bought, and the
-- decision is corrected (corrected_decisions keeps what stood). written: new, completed, already
-- there, or conflict where the window is another pattern's. place counts p_rows from 1.
-- Long, for what a window may gain stands twice: in what is set, and in whether anything is.
create or replace function learning.store_windows(p_rows learning.pattern_episode_events[])
returns table (place integer, id bigint, written text)
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_turns integer := (
        select max(w.rows)
        from (select count(*) as rows from unnest(p_rows) as r group by r.window_id) as w
    );
    v_new bigint[];
    v_completed bigint[];
begin
    perform learning.enter_live();
    for v_turn in 1 .. coalesce(v_turns, 0) loop  -- one turn, unless a window is there twice
        with wanted as (
            select r.*, row_number() over (partition by r.window_id order by r.ordinality) as turn
            from unnest(p_rows) with ordinality as r
        ),
        stored as (
            insert into learning.pattern_episode_events as e (
                window_id, episode_id, attempt_id, episode_type, pattern_key, scope, decision,
                outcome, outcome_reason, blocked_by, factors, opened_at, decided_at, closed_at,
                outcome_at, trade_id, entry_price, exit_price, roi, roi_at, run
            )
            select w.window_id, w.episode_id, w.attempt_id, w.episode_type, w.pattern_key, w.scope,
                w.decision, w.outcome, w.outcome_reason, w.blocked_by, w.factors, w.opened_at,
                w.decided_at, w.closed_at, w.outcome_at, w.trade_id, w.entry_price, w.exit_price,
                w.roi, w.roi_at, w.run
            from wanted as w
            where w.turn = v_turn
            order by w.window_id  -- one order of locks for everybody
            on conflict on constraint a_window_is_recorded_once do update
            set decision = case when learning.is_bought(e, excluded) then 'acted'
                    else coalesce(e.decision, excluded.decision) end,
                decided_at = case when learning.is_bought(e, excluded) then excluded.decided_at
                    else coalesce(e.decided_at, excluded.decided_at) end,
                blocked_by = case
                    when e.decision is null or learning.is_bought(e, excluded)
                        then excluded.blocked_by
                    else e.blocked_by end,
                outcome = case when e.outcome in ('success', 'failure') then e.outcome
                    else coalesce(excluded.outcome, e.outcome) end,
                -- A reason belongs to its outcome: that of neutral does not explain a real one.
                outcome_reason = case
                    when e.outcome = excluded.outcome
                        then coalesce(e.outcome_reason, excluded.outcome_reason)
                    when e.outcome in ('success', 'failure') or excluded.outcome is null
                        then e.outcome_reason
                    else excluded.outcome_reason end,
                outcome_at = case when e.outcome in ('success', 'failure') then e.outcome_at
                    when excluded.outcome is null then e.outcome_at
                    else excluded.outcome_at end,
                factors = case when learning.is_bought(e, excluded)
                    then e.factors || excluded.factors
                    else excluded.factors || e.factors end,
                closed_at = coalesce(e.closed_at, excluded.closed_at),
                trade_id = coalesce(e.trade_id, excluded.trade_id),
                entry_price = coalesce(e.entry_price, excluded.entry_price),
                exit_price = coalesce(e.exit_price, excluded.exit_price),
                roi = coalesce(e.roi, excluded.roi),
                roi_at = case when e.roi is null then excluded.roi_at else e.roi_at end
            where e.pattern_key = excluded.pattern_key
                and (
                    e.decision is null
                    or learning.is_bought(e, excluded)
                    or e.outcome is null and excluded.outcome is not null
                    or e.outcome = 'neutral' and excluded.outcome in ('success', 'failure')
                    or e.outcome = excluded.outcome and e.outcome_reason is null
                        and excluded.outcome_reason is not null
                    or e.factors <> excluded.factors || e.factors
                    or e.closed_at is null and excluded.closed_at is not null
                    or e.trade_id is null and excluded.trade_id is not null
                    or e.entry_price is null and excluded.entry_price is not null
                    or e.exit_price is null and excluded.exit_price is not null
                    or e.roi is null and excluded.roi is not null
                )
            returning e.id, e.xmax = 0 as is_new
        )
        select
            coalesce(array_agg(s.id) filter (where s.is_new), '{}'),
            coalesce(array_agg(s.id) filter (where not s.is_new), '{}')
        into v_new, v_completed
        from stored as s;

        return query
        select w.ordinality::integer, e.id, case
                when e.pattern_key <> w.pattern_key then 'conflict'
                when e.id = any (v_new) then 'new'
                when e.id = any (v_completed) then 'completed'
                else 'already there'
            end
        from (
            select r.window_id, r.pattern_key, r.ordinality,
                row_number() over (partition by r.window_id order by r.ordinality) as turn
            from unnest(p_rows) with ordinality as r
        ) as w
        join learning.pattern_episode_events as e on e.window_id = w.window_id
        where w.turn = v_turn;
    end loop;
end
$$;
comment on function learning.store_windows(learning.pattern_episode_events[]) is
    'Stores windows once each, adding what a stored one lacks; per row its id and new, '
    'completed, already there or conflict.';

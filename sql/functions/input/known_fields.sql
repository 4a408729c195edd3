-- The fields a row from outside may have, by its kind: episode (learning.checked_window), trade
-- (learning.checked_trade), closed_trade (learning.checked_closed_trade), position
-- (learning.require_positions), gate (learning.checked_gate).
create or replace function learning.known_fields(p_kind text)
returns text[]
language sql immutable parallel safe
as $$
    select case p_kind
        when 'episode' then array[
            'pattern_key', 'window_id', 'episode_id', 'attempt_id', 'episode_type', 'decision',
            'decided_at', 'timestamp', 'outcome', 'outcome_reason', 'outcome_at', 'scope',
            'factors', 'blocked_by', 'opened_at', 'closed_at', 'trade_id', 'entry_price',
            'exit_price', 'roi', 'roi_at', 'roi_is_checked', 'run'
        ]
        when 'trade' then array[
            'trade_id', 'ordinal', 'pattern_key', 'action_category', 'roi', 'roi_is_checked',
            'closed_at', 'timestamp', 'scope', 'did_trim', 'reached_s3', 'hold_hours'
        ]
        when 'closed_trade' then array[
            'trade_id', 'roi', 'roi_is_checked', 'closed_at', 'timeframe', 'position_id', 'symbol',
            'pattern_key', 'scope', 'opened_at', 'actions', 'did_trim', 'reached_s3',
            'hold_hours', 'cost', 'pnl', 'context', 'run', 'allocate'
        ]
        when 'position' then array[
            'token_chain', 'token_contract', 'symbol', 'timeframe', 'book', 'total_allocation_pct'
        ]
        when 'gate' then array[
            'gate', 'value_key', 'direction', 'base', 'steps', 'adjust', 'min_value', 'max_value'
        ]
    end
$$;
comment on function learning.known_fields(text) is
    'The fields that an episode, trade, closed_trade, position or gate from outside may have.';

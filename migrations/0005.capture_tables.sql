set role quadrant_owner;

create table learning.lowcap_positions (
    position_id bigint generated always as identity primary key,
    token_contract text not null,
    token_chain text not null,
    symbol text not null,
    timeframe text not null,
    book text not null default 'main',
    status text not null default 'watchlist',
    state text not null default 'S4',
    scope jsonb not null default '{}',
    total_allocation_pct numeric not null default 0,
    current_trade_id text,
    constraint one_position_per_token_timeframe_and_book
        unique (token_contract, token_chain, timeframe, book),
    constraint timeframe_is_known check (timeframe in ('15m', '1h', '4h')),
    constraint status_is_known
        check (status in ('watchlist', 'active', 'dormant', 'paused', 'archived')),
    constraint state_is_known check (state in ('S0', 'S1', 'S2', 'S3', 'S4')),
    constraint scope_is_an_object_of_plain_values check (learning.is_scope(scope)),
    constraint allocation_is_a_percentage check (total_allocation_pct between 0 and 100)
);
comment on table learning.lowcap_positions is 'One row per token x timeframe the PM watches.';
comment on column learning.lowcap_positions.book is 'Tells several positions of one token and timeframe apart.';
comment on column learning.lowcap_positions.scope is 'The position''s present scope, as of its newest tick.';
comment on column learning.lowcap_positions.total_allocation_pct is 'Percent of capital (0..100).';

create table learning.feed_watermarks (
    feed text not null,
    timeframe text not null,
    last_bar_ts timestamptz not null,
    constraint one_watermark_per_feed_and_timeframe primary key (feed, timeframe)
);
comment on table learning.feed_watermarks is 'One row per feed and timeframe: how far the positions of it have ticked, so that quiet ones need no write.';
comment on column learning.feed_watermarks.last_bar_ts is 'Open of the newest bar ticked (UTC).';

create table learning.tick_states (
    position_id bigint primary key references learning.lowcap_positions on delete cascade,
    feed text,
    state jsonb not null default '{}',
    last_bar_ts timestamptz,
    version bigint not null default 0
);
comment on table learning.tick_states is 'One row per position: the open attempt, its windows, and what the tick needs to go on after a crash.';
comment on column learning.tick_states.feed is 'The feed whose watermark counts when it is newer than last_bar_ts.';
comment on column learning.tick_states.last_bar_ts is 'Open of the newest bar that changed the state (UTC).';
comment on column learning.tick_states.version is 'Grows by one per write: two tickers cannot both win.';

create table learning.pattern_episode_events (
    id bigint generated always as identity primary key,
    window_id text not null default gen_random_uuid()::text,
    episode_id text not null default gen_random_uuid()::text,
    attempt_id text not null default gen_random_uuid()::text,
    position_id bigint references learning.lowcap_positions on delete set null,
    episode_type text not null default 'own',
    pattern_key text not null,
    scope jsonb not null default '{}',
    decision text,
    outcome text,
    outcome_reason text,
    blocked_by text[] not null default '{}',
    factors jsonb not null default '{}',
    opened_at timestamptz not null default learning.clock(),
    decided_at timestamptz,
    closed_at timestamptz,
    outcome_at timestamptz,
    trade_id text,
    entry_price double precision,
    exit_price double precision,
    roi double precision,
    roi_at timestamptz,
    constraint a_window_is_recorded_once unique (window_id),
    constraint episode_type_is_a_word check (episode_type ~ '^[a-z][a-z0-9_]*$'),
    constraint pattern_key_is_canonical
        check (pattern_key ~ '^(pm|dm)\.[a-z][a-z0-9_]*(\.[A-Za-z0-9_]+)+$'),
    constraint scope_is_an_object_of_plain_values check (learning.is_scope(scope)),
    constraint factors_is_an_object check (jsonb_typeof(factors) = 'object'),
    constraint decision_is_known check (decision in ('acted', 'skipped')),
    constraint outcome_is_known check (outcome in ('success', 'failure', 'neutral')),
    constraint outcome_needs_a_decision
        check (outcome is null or outcome = 'neutral' or decision is not null),
    constraint a_decision_has_a_time check (decision is null or decided_at is not null),
    constraint an_outcome_has_a_time check (outcome is null or outcome_at is not null),
    constraint a_virtual_result_has_a_time check (roi is null or roi_at is not null),
    constraint numbers_are_finite
        check (learning.is_finite(roi) and learning.is_finite(entry_price) and learning.is_finite(exit_price))
);
create index pattern_episode_events_judged
    on learning.pattern_episode_events (pattern_key, decided_at)
    where outcome in ('success', 'failure');
create index pattern_episode_events_by_attempt
    on learning.pattern_episode_events (attempt_id, pattern_key);
create index pattern_episode_events_pending
    on learning.pattern_episode_events (opened_at) where outcome is null;
create index pattern_episode_events_by_position
    on learning.pattern_episode_events (position_id, opened_at);
comment on table learning.pattern_episode_events is 'One row per opportunity window: the experiment, its decision, outcome and virtual result.';
comment on column learning.pattern_episode_events.decision is 'acted or skipped; null while the window is open.';
comment on column learning.pattern_episode_events.outcome is 'success, failure, neutral; null while pending.';
comment on column learning.pattern_episode_events.blocked_by is 'Gates that failed at the decision bar, each on its own; {policy} when all passed and nothing was bought.';
comment on column learning.pattern_episode_events.factors is 'What the decision saw: values, thresholds in force, flags, samples, summary.';
comment on column learning.pattern_episode_events.opened_at is 'When the window''s first bar existed (UTC).';
comment on column learning.pattern_episode_events.decided_at is 'When the decision bar existed (UTC).';
comment on column learning.pattern_episode_events.closed_at is 'When the window''s end was seen (UTC).';
comment on column learning.pattern_episode_events.outcome_at is 'When the outcome was seen (UTC).';
comment on column learning.pattern_episode_events.entry_price is 'Virtual entry: open after the reference bar, in quote currency.';
comment on column learning.pattern_episode_events.exit_price is 'Virtual exit: open after the exit bar, in quote currency.';
comment on column learning.pattern_episode_events.roi is 'Virtual result after fees, a fraction (0.05 = 5 %), whoever took the window.';
comment on column learning.pattern_episode_events.roi_at is 'When the virtual result was known (UTC).';

-- A plain insert of a finished experiment is valid: the missing times are those of the clock.
create function learning.fill_episode_times() returns trigger
language plpgsql volatile
set search_path = ''
as $$
begin
    if new.decision is not null then
        new.decided_at := coalesce(new.decided_at, learning.clock());
    end if;
    if new.outcome is not null then
        new.outcome_at := coalesce(new.outcome_at, learning.clock());
    end if;
    if new.roi is not null then
        new.roi_at := coalesce(new.roi_at, learning.clock());
    end if;
    return new;
end
$$;
comment on function learning.fill_episode_times() is 'Trigger: decided_at, outcome_at and roi_at default to learning.clock() once what they date is there.';
create trigger fill_episode_times
    before insert or update on learning.pattern_episode_events
    for each row execute function learning.fill_episode_times();

create table learning.ad_strands (
    id bigint generated always as identity primary key,
    kind text not null,
    position_id bigint references learning.lowcap_positions on delete set null,
    episode_id text,
    trade_id text,
    content jsonb not null default '{}',
    happened_at timestamptz not null default learning.clock(),
    strand_key text not null default gen_random_uuid()::text,
    constraint a_strand_is_told_once unique (strand_key),
    constraint kind_is_known check (kind in (
        'pm_action', 'position_closed', 'uptrend_stage_transition', 'uptrend_buy_window',
        'uptrend_episode_summary', 'decision_lowcap'
    ))
);
create index ad_strands_by_position on learning.ad_strands (position_id, happened_at);
create index ad_strands_by_trade on learning.ad_strands (trade_id) where trade_id is not null;
comment on table learning.ad_strands is 'One row per message on the event stream.';
comment on column learning.ad_strands.happened_at is 'When the bar behind it existed (UTC).';
comment on column learning.ad_strands.strand_key is 'Names the message: telling it twice keeps one row.';

create table learning.pattern_trade_events (
    id bigint generated always as identity primary key,
    trade_id text not null,
    pattern_key text not null,
    action_category text not null,
    scope jsonb not null default '{}',
    roi double precision not null,
    did_trim boolean not null default false,
    reached_s3 boolean not null default false,
    hold_hours double precision,
    closed_at timestamptz not null default learning.clock(),
    position_id bigint references learning.lowcap_positions on delete set null,
    constraint pattern_key_is_canonical
        check (pattern_key ~ '^(pm|dm)\.[a-z][a-z0-9_]*(\.[A-Za-z0-9_]+)+$'),
    constraint action_category_is_known
        check (action_category in ('entry', 'add', 'trim', 'exit')),
    constraint scope_is_an_object_of_plain_values check (learning.is_scope(scope)),
    constraint numbers_are_finite
        check (learning.is_finite(roi) and learning.is_finite(hold_hours))
);
create index pattern_trade_events_by_trade on learning.pattern_trade_events (trade_id);
comment on table learning.pattern_trade_events is 'One row per PM action of a closed trade.';
comment on column learning.pattern_trade_events.roi is 'The trade''s ROI after fees, a fraction.';
comment on column learning.pattern_trade_events.hold_hours is 'Hours from first fill to close.';
comment on column learning.pattern_trade_events.closed_at is 'When the trade closed (UTC).';
reset role;

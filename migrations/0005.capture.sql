-- What came in: feeds and positions, patterns and their gates, windows, trades, strands, rejects.
set role quadrant_owner;

create table learning.world (
    only_row boolean primary key default true,
    kind text not null,
    feed text,
    data text,
    chain text,
    first_used_at timestamptz not null default clock_timestamp(),
    constraint a_database_holds_one_world check (only_row),
    constraint kind_of_world_is_known check (kind in ('live', 'replay')),
    constraint only_a_replay_has_a_feed check ((kind = 'replay') = (feed is not null))
);
comment on table learning.world is
    'At most one row, made by first use: whose market this database learns from.';
comment on column learning.world.kind is
    'live: a bot, its records or imports; replay: recorded bars, with a clock of their own.';
comment on column learning.world.feed is
    'The replay''s feed: named after its series and where they begin.';
comment on column learning.world.data is 'Where the replay''s bars were read from, for people.';
comment on column learning.world.first_used_at is 'The server''s own clock (UTC).';

create table learning.feeds (
    feed text primary key,
    epoch bigint not null default 1
);
comment on table learning.feeds is
    'One row per feed: a feed is one ticker''s. Who takes it over begins a new epoch, and the ticker before can write no more.';

create table learning.feed_watermarks (
    feed text not null,
    timeframe text not null,
    last_bar_ts timestamptz not null,
    constraint one_watermark_per_feed_and_timeframe primary key (feed, timeframe)
);
comment on table learning.feed_watermarks is
    'One row per feed and timeframe: how far the positions of it have ticked, so that quiet ones need no write.';
comment on column learning.feed_watermarks.last_bar_ts is 'Open of the newest bar ticked (UTC).';

create table learning.scope_dimensions (
    name text primary key,
    ordinal integer not null,
    enabled boolean not null default false,
    constraint dimension_name_is_not_empty check (name <> ''),
    constraint every_dimension_has_its_own_ordinal unique (ordinal)
);
comment on table learning.scope_dimensions is 'One row per scope key that can be mined.';
comment on column learning.scope_dimensions.ordinal is
    'The order in which dimensions are rolled up and shown.';

insert into learning.scope_dimensions (name, ordinal, enabled)
select d.name, d.ordinal, d.ordinal <= 8
from unnest(array[
    'chain', 'bucket', 'timeframe', 'curator', 'mcap_bucket', 'vol_bucket', 'age_bucket',
    'mcap_vol_ratio_bucket', 'intent', 'market_family', 'bucket_leader', 'bucket_rank_position',
    'btc_macro', 'btc_meso', 'btc_micro', 'alt_macro', 'alt_meso', 'alt_micro',
    'bucket_macro', 'bucket_meso', 'bucket_micro', 'btcd_macro', 'btcd_meso', 'btcd_micro',
    'usdtd_macro', 'usdtd_meso', 'usdtd_micro'
]) with ordinality as d (name, ordinal);

create table learning.gates (
    pattern_key text not null,
    gate text not null,
    value_key text not null,
    direction text not null,
    base double precision not null,
    steps double precision[] not null,
    adjust text not null,
    min_value double precision not null,
    max_value double precision not null,
    action_category text not null,
    ordinal integer not null,
    constraint pattern_key_is_canonical
        check (pattern_key ~ '^(pm|dm)\.[a-z][a-z0-9_]*(\.[A-Za-z0-9_]+)+$'),
    constraint direction_is_known check (direction in ('at_least', 'at_most')),
    constraint adjust_is_known check (adjust in ('multiplier', 'delta')),
    constraint the_grid_contains_the_base check (0 = any (steps)),
    constraint base_is_within_its_range check (base between min_value and max_value),
    constraint a_multiplier_needs_a_base check (adjust = 'delta' or base <> 0),
    constraint one_row_per_gate_of_a_pattern primary key (pattern_key, gate),
    constraint one_category_per_gate_of_a_pattern unique (pattern_key, action_category),
    constraint gates_stay_within_reach check (
        abs(base) <= double precision '1e9'
        and abs(min_value) <= double precision '1e9'
        and abs(max_value) <= double precision '1e9'
        and double precision '-1e9' <= all (steps)
        and double precision '1e9' >= all (steps)
        and array_position(steps, null) is null
    ),
    constraint multipliers_stay_within_reach check (
        adjust <> 'multiplier'
        or abs(base) >= double precision '1e-9'
        and least(double precision '-0.99' * base, double precision '99' * base) <= all (steps)
        and greatest(double precision '-0.99' * base, double precision '99' * base) >= all (steps)
    )
);
comment on table learning.gates is
    'One row per lever of a pattern: its base, its grid and its range. The only place base gates stand.';
comment on column learning.gates.value_key is
    'The name of the gate''s value in factors and samples.';
comment on column learning.gates.direction is
    'at_least: passes when value >= threshold; at_most: when value <= threshold.';
comment on column learning.gates.base is
    'Threshold without overrides; score 0..1, ATRs, or ATRs per bar.';
comment on column learning.gates.steps is
    'The grid: steps around base in the base''s unit, with 0.';
comment on column learning.gates.adjust is
    'How an override is stored: multiplier of the base, or delta added to it.';

insert into learning.gates (
    pattern_key, gate, value_key, direction, base, steps, adjust, min_value, max_value,
    action_category, ordinal
)
values
    ('pm.uptrend.S1.entry', 'ts', 'ts_score', 'at_least', 0.60, '{-0.10,-0.05,0,0.05,0.10}',
        'multiplier', 0.0, 1.25, 'tuning_ts_min', 1),
    ('pm.uptrend.S1.entry', 'halo', 'halo_distance', 'at_most', 1.0, '{-0.2,-0.1,0,0.1,0.2}',
        'multiplier', 0.1, 3.0, 'tuning_halo', 2),
    ('pm.uptrend.S1.entry', 'slope', 'slope', 'at_least', 0.0, '{-0.02,-0.01,0,0.01,0.02}',
        'delta', -0.2, 0.2, 'tuning_slope_min', 3),
    ('pm.uptrend.S2.entry', 'ts', 'ts_score', 'at_least', 0.60, '{-0.10,-0.05,0,0.05,0.10}',
        'multiplier', 0.0, 1.25, 'tuning_ts_min', 1),
    ('pm.uptrend.S2.entry', 'halo', 'halo_distance', 'at_most', 0.5, '{-0.2,-0.1,0,0.1,0.2}',
        'multiplier', 0.1, 3.0, 'tuning_halo', 2),
    ('pm.uptrend.S2.entry', 'slope', 'slope', 'at_least', 0.0, '{-0.02,-0.01,0,0.01,0.02}',
        'delta', -0.2, 0.2, 'tuning_slope_min', 3),
    ('pm.uptrend.S3.retest', 'ts', 'ts_score', 'at_least', 0.60, '{-0.10,-0.05,0,0.05,0.10}',
        'multiplier', 0.0, 1.25, 'tuning_ts_min', 1),
    ('pm.uptrend.S3.retest', 'dx', 'dx_score', 'at_least', 0.60, '{-0.10,-0.05,0,0.05,0.10}',
        'multiplier', 0.0, 1.0, 'tuning_dx_min', 2),
    ('pm.uptrend.S3.retest', 'slope', 'slope', 'at_least', 0.0, '{-0.02,-0.01,0,0.01,0.02}',
        'delta', -0.2, 0.2, 'tuning_slope_min', 3),
    ('pm.uptrend.S3.dx', 'dx', 'dx_score', 'at_least', 0.60, '{-0.10,-0.05,0,0.05,0.10}',
        'multiplier', 0.0, 1.0, 'tuning_dx_min', 1),
    ('pm.uptrend.S3.dx', 'dx_atr_mult', 'dx_atr_mult', 'at_least', 6.0, '{0}',
        'multiplier', 2.0, 12.0, 'tuning_dx_atr_mult', 2);

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
    constraint timeframe_is_known check (timeframe in ('15m', '1h', '4h')),
    constraint status_is_known
        check (status in ('watchlist', 'active', 'dormant', 'paused', 'archived')),
    constraint state_is_known check (state in ('S0', 'S1', 'S2', 'S3', 'S4')),
    constraint scope_is_an_object_of_plain_values check (learning.is_scope(scope)),
    constraint allocation_is_a_percentage check (total_allocation_pct between 0 and 100),
    constraint one_position_per_token_timeframe_and_book
        unique (token_contract, token_chain, timeframe, book)
) with (fillfactor = 70);
comment on table learning.lowcap_positions is 'One row per token x timeframe the PM watches.';
comment on column learning.lowcap_positions.book is
    'Tells several positions of one token and timeframe apart.';
comment on column learning.lowcap_positions.scope is
    'The position''s present scope, as of its newest tick.';
comment on column learning.lowcap_positions.total_allocation_pct is 'Percent of capital (0..100).';

create table learning.tick_states (
    position_id bigint primary key references learning.lowcap_positions on delete cascade,
    feed text,
    state jsonb not null default '{}',
    last_bar_ts timestamptz,
    version bigint not null default 0
) with (fillfactor = 70);
comment on table learning.tick_states is
    'One row per position: the open attempt, its windows, and what the tick needs to go on after a crash.';
comment on column learning.tick_states.feed is
    'The feed whose watermark counts when it is newer than last_bar_ts.';
comment on column learning.tick_states.last_bar_ts is
    'Open of the newest bar that changed the state (UTC).';
comment on column learning.tick_states.version is
    'Grows by one per write: two tickers cannot both win.';

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
    has_samples boolean not null
        generated always as (
            case when jsonb_typeof(factors -> 'samples') = 'array'
                then jsonb_array_length(factors -> 'samples') > 0 else false end
        ) stored,
    samples_digest uuid generated always as (md5(factors ->> 'samples')::uuid) stored,
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
    constraint numbers_are_finite check (
        learning.is_finite(roi)
        and learning.is_finite(entry_price)
        and learning.is_finite(exit_price)
    ),
    constraint a_window_is_recorded_once unique (window_id)
);
create index pattern_episode_events_by_attempt
    on learning.pattern_episode_events (attempt_id, pattern_key);
create index pattern_episode_events_by_episode on learning.pattern_episode_events (episode_id);
create index pattern_episode_events_by_position
    on learning.pattern_episode_events (position_id, opened_at);
create index pattern_episode_events_by_trade
    on learning.pattern_episode_events (trade_id) where trade_id is not null;
create index pattern_episode_events_decided
    on learning.pattern_episode_events (pattern_key, attempt_id) where decision is not null;
create index pattern_episode_events_judged
    on learning.pattern_episode_events (pattern_key, decided_at)
    where outcome in ('success', 'failure');
create index pattern_episode_events_pending
    on learning.pattern_episode_events (opened_at) where outcome is null;
comment on table learning.pattern_episode_events is
    'One row per opportunity window: the experiment, its decision, outcome and virtual result.';
comment on column learning.pattern_episode_events.decision is
    'acted or skipped; null while the window is open.';
comment on column learning.pattern_episode_events.outcome is
    'success, failure, neutral; null while pending.';
comment on column learning.pattern_episode_events.blocked_by is
    'Gates that failed at the decision bar, each on its own; {policy} when all passed and nothing was bought.';
comment on column learning.pattern_episode_events.factors is
    'What the decision saw: values, thresholds in force, flags, samples, summary.';
comment on column learning.pattern_episode_events.opened_at is
    'When the window''s first bar existed (UTC).';
comment on column learning.pattern_episode_events.decided_at is
    'When the decision bar existed (UTC).';
comment on column learning.pattern_episode_events.closed_at is
    'When the window''s end was seen (UTC).';
comment on column learning.pattern_episode_events.outcome_at is 'When the outcome was seen (UTC).';
comment on column learning.pattern_episode_events.entry_price is
    'Virtual entry: open after the reference bar, in quote currency.';
comment on column learning.pattern_episode_events.exit_price is
    'Virtual exit: open after the exit bar, in quote currency.';
comment on column learning.pattern_episode_events.roi is
    'Virtual result after fees, a fraction (0.05 = 5 %), whoever took the window.';
comment on column learning.pattern_episode_events.roi_at is
    'When the virtual result was known (UTC).';
comment on column learning.pattern_episode_events.has_samples is
    'Whether factors carry samples: the miner counts them without reading factors.';
comment on column learning.pattern_episode_events.samples_digest is
    'The samples of factors in short: another digest, other samples; null: factors have none.';

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
    ordinal integer not null default 1,
    constraint pattern_key_is_canonical
        check (pattern_key ~ '^(pm|dm)\.[a-z][a-z0-9_]*(\.[A-Za-z0-9_]+)+$'),
    constraint action_category_is_known check (action_category in ('entry', 'add', 'trim', 'exit')),
    constraint scope_is_an_object_of_plain_values check (learning.is_scope(scope)),
    constraint numbers_are_finite
        check (learning.is_finite(roi) and learning.is_finite(hold_hours)),
    constraint one_row_per_action_of_a_trade unique (trade_id, ordinal),
    constraint actions_are_counted_from_1 check (ordinal >= 1)
);
comment on table learning.pattern_trade_events is 'One row per PM action of a closed trade.';
comment on column learning.pattern_trade_events.roi is 'The trade''s ROI after fees, a fraction.';
comment on column learning.pattern_trade_events.hold_hours is 'Hours from first fill to close.';
comment on column learning.pattern_trade_events.closed_at is 'When the trade closed (UTC).';
comment on column learning.pattern_trade_events.ordinal is
    'Which action of the trade it is: 1, 2, ... in the order they were made.';

create table learning.ad_strands (
    id bigint generated always as identity primary key,
    kind text not null,
    position_id bigint references learning.lowcap_positions on delete set null,
    episode_id text,
    trade_id text,
    content jsonb not null default '{}',
    happened_at timestamptz not null default learning.clock(),
    strand_key text not null default gen_random_uuid()::text,
    constraint kind_is_known check (kind in (
        'pm_action', 'position_closed', 'uptrend_stage_transition', 'uptrend_buy_window',
        'uptrend_episode_summary', 'decision_lowcap'
    )),
    constraint a_strand_is_told_once unique (strand_key)
);
create index ad_strands_by_position on learning.ad_strands (position_id, happened_at);
create index ad_strands_by_trade on learning.ad_strands (trade_id) where trade_id is not null;
create index ad_strands_closed_trades
    on learning.ad_strands (trade_id) where kind = 'position_closed';
create index ad_strands_episode_summaries
    on learning.ad_strands (happened_at) where kind = 'uptrend_episode_summary';
comment on table learning.ad_strands is 'One row per message on the event stream.';
comment on column learning.ad_strands.happened_at is 'When the bar behind it existed (UTC).';
comment on column learning.ad_strands.strand_key is
    'Names the message: telling it twice keeps one row.';

create table learning.episode_rejects (
    id bigint generated always as identity primary key,
    source text not null,
    payload jsonb not null,
    reason text not null,
    sqlstate text not null,
    rejected_at timestamptz not null default learning.clock(),
    kind text not null default 'episode',
    constraint kind_is_known check (kind in ('episode', 'trade', 'bar', 'closed_trade'))
);
create unique index the_same_reject_is_kept_once
    on learning.episode_rejects (source, md5(payload::text));
comment on table learning.episode_rejects is
    'One row per bad input: nothing is lost, nothing bad gets in.';
comment on column learning.episode_rejects.source is
    'Where it came from: a file name, a function, a feed.';
comment on column learning.episode_rejects.rejected_at is 'UTC, by learning.clock().';
comment on column learning.episode_rejects.kind is
    'What it was to become: an episode (pattern_episode_events), an action of an old trade (pattern_trade_events), a ticked bar, or a trade that closed (record_closed_trade).';
reset role;

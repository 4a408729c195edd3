-- What a database of Quadrant holds: types, tables with their triggers, views with their columns.
-- Written by `make schema` from a database; migrations/ and sql/ are what it is made from.
-- Functions stand in sql/functions, one per file; rights in sql/grants.sql.

-- A cron expression, read: seconds (every so many), or the values of its five fields. both_days: a day has to satisfy days and weekdays, else one of them is enough.
create type learning.cron as (
    seconds integer,
    minutes integer[],
    hours integer[],
    days integer[],
    months integer[],
    weekdays integer[],
    both_days boolean
);

-- A slice and what it counts, as in slice_rates.
create type learning.slice_counts as (
    slice_key text,
    acted_success integer,
    acted_failure integer,
    skipped_success integer,
    skipped_failure integer,
    n_policy integer,
    weight bigint,
    success_weight bigint,
    n_sampled integer,
    n_valued integer
);

-- The experiments of a slice in the order of their classes, a bit each in every bit string: the binary digits of the codes of the dimensions whose conditions may follow (those after turn), the experiments with a mark, where each class starts and how long it is.
create type learning.slice_part as (
    slice_key text,
    turn integer,
    digits bit varying[],
    acted bit varying,
    sampled bit varying,
    valued bit varying,
    weight_digits bit varying[],
    class_starts integer[],
    class_lengths integer[]
);

-- One row per message on the event stream.
create table learning.ad_strands (
    id bigint not null generated always as identity,
    kind text not null,
    position_id bigint,
    episode_id text,
    trade_id text,
    content jsonb not null default '{}'::jsonb,
    happened_at timestamp with time zone not null default learning.clock(),  -- When the bar behind it existed (UTC).
    strand_key text not null default (gen_random_uuid())::text,  -- Names the message: telling it twice keeps one row.
    constraint ad_strands_pkey PRIMARY KEY (id),
    constraint a_strand_is_told_once UNIQUE (strand_key),
    constraint ad_strands_position_id_fkey FOREIGN KEY (position_id) REFERENCES learning.lowcap_positions(position_id) ON DELETE SET NULL,
    constraint kind_is_known CHECK (kind = ANY (ARRAY['pm_action'::text, 'position_closed'::text, 'uptrend_stage_transition'::text, 'uptrend_buy_window'::text, 'uptrend_episode_summary'::text, 'decision_lowcap'::text]))
);
CREATE INDEX ad_strands_by_age ON learning.ad_strands USING btree (happened_at);
CREATE INDEX ad_strands_by_position ON learning.ad_strands USING btree (position_id, happened_at);
CREATE INDEX ad_strands_by_trade ON learning.ad_strands USING btree (trade_id) WHERE (trade_id IS NOT NULL);
CREATE INDEX ad_strands_closed_trades ON learning.ad_strands USING btree (trade_id) WHERE (kind = 'position_closed'::text);
CREATE INDEX ad_strands_episode_summaries ON learning.ad_strands USING btree (happened_at) WHERE (kind = 'uptrend_episode_summary'::text);

-- What the trades of a timeframe made that closed on one day.
create table learning.allocation_days (
    timeframe text not null,
    day date not null,  -- UTC.
    trades integer not null,
    money double precision not null,  -- The sum of their ROIs: what a unit put into each of them made.
    constraint allocation_days_pkey PRIMARY KEY (day, timeframe)
);

-- One row per allocation step.
create table learning.allocation_history (
    id bigint not null generated always as identity,
    trade_id text not null,
    before jsonb not null,  -- Shares per timeframe before the step; they sum to 1.
    desired jsonb,  -- Where the shares of the timeframes with trades should be; null: no step.
    change jsonb,  -- What was added to each share; sums to 0; null: no step.
    after jsonb not null,  -- Shares per timeframe after the step; they sum to 1.
    reason text not null,  -- Why there was no step, or how large it could be.
    stepped_at timestamp with time zone not null default learning.clock(),  -- UTC, by learning.clock().
    timeframe text,  -- Of the trade that made the step.
    roi double precision,  -- Of the trade that made the step, a fraction after fees.
    closed_at timestamp with time zone,  -- When that trade closed (UTC).
    constraint allocation_history_pkey PRIMARY KEY (id),
    constraint a_trade_steps_the_allocation_once UNIQUE (trade_id)
);

-- Shares as they would be by now had the ROIs of the trades been dealt out at random, path by path.
create table learning.allocation_shuffles (
    path smallint not null,
    timeframe text not null,
    share double precision not null,  -- Of the capital, 0..1.
    mean double precision,  -- Average of the ROIs dealt (14 days, a fraction); null without trades.
    mass double precision not null,  -- Trades, each weighed by e^(-age / 14 days), as of the newest one.
    n integer not null,  -- Trades of the timeframe.
    constraint allocation_shuffles_pkey PRIMARY KEY (path, timeframe)
) with (fillfactor=70);

-- One row per walk-forward of `quadrant backtest`, for the report.
create table learning.backtests (
    id bigint not null generated always as identity,
    made_at timestamp with time zone not null default learning.clock(),  -- UTC, by learning.clock().
    market text not null,  -- The folder of bars.
    verdict text not null,  -- What came of it, in a sentence.
    result jsonb not null,  -- What --json prints: arms and folds with their figures, looks, histories of noise.
    constraint backtests_pkey PRIMARY KEY (id),
    constraint result_is_an_object CHECK (jsonb_typeof(result) = 'object'::text)
);

-- One row: the time replay or a test has set, or null for the server's clock.
create table learning.clock_setting (
    only_row boolean not null default true,
    set_to timestamp with time zone,  -- The time learning.clock() answers (UTC); null: the server's own.
    constraint clock_setting_pkey PRIMARY KEY (only_row),
    constraint clock_has_one_row CHECK (only_row)
);

-- One row per decision that was told wrongly: what stood before it was corrected.
create table learning.corrected_decisions (
    id bigint not null generated always as identity,
    window_id text not null,
    decision text not null,
    decided_at timestamp with time zone not null,  -- When the bar of the wrong decision existed (UTC).
    blocked_by text[] not null,
    factors jsonb not null,
    corrected_at timestamp with time zone not null default learning.clock(),  -- UTC, by learning.clock().
    constraint corrected_decisions_pkey PRIMARY KEY (id),
    constraint corrected_decisions_window_id_fkey FOREIGN KEY (window_id) REFERENCES learning.pattern_episode_events(window_id) ON DELETE CASCADE
);
CREATE INDEX corrected_decisions_by_window ON learning.corrected_decisions USING btree (window_id);

-- One row per bad input: nothing is lost, nothing bad gets in.
create table learning.episode_rejects (
    id bigint not null generated always as identity,
    source text not null,  -- Where it came from: a file name, a function, a feed.
    payload jsonb not null,
    reason text not null,
    sqlstate text not null,
    rejected_at timestamp with time zone not null default learning.clock(),  -- UTC, by learning.clock().
    kind text not null default 'episode'::text,  -- What it was to become: an episode (pattern_episode_events), an action of an old trade (pattern_trade_events), a ticked bar, or a trade that closed (record_closed_trade).
    constraint episode_rejects_pkey PRIMARY KEY (id),
    constraint kind_is_known CHECK (kind = ANY (ARRAY['episode'::text, 'trade'::text, 'bar'::text, 'closed_trade'::text]))
);
CREATE UNIQUE INDEX the_same_reject_is_kept_once ON learning.episode_rejects USING btree (source, md5((payload)::text));

-- One row per solution and look: its evidence as it was then.
create table learning.evidence_path (
    solution_id bigint not null,
    look_id bigint not null,
    look_day date not null,
    status text not null,
    n_windows integer not null,
    changed integer not null,
    evidence double precision not null,  -- E of the comparison.
    z double precision not null,  -- Of the day sums of the differences in score.
    money_z double precision,  -- Of the day sums of the differences in ROI; null where money is unknown.
    value double precision,  -- Sum of the differences in ROI, a fraction; null where money is unknown.
    record jsonb not null default '{}'::jsonb,
    constraint evidence_path_pkey PRIMARY KEY (solution_id, look_id),
    constraint evidence_path_look_id_fkey FOREIGN KEY (look_id) REFERENCES learning.looks(id) ON DELETE CASCADE,
    constraint evidence_path_solution_id_fkey FOREIGN KEY (solution_id) REFERENCES learning.solutions(id) ON DELETE CASCADE
);

-- One row per feed and timeframe: how far the positions of it have ticked, so that quiet ones need no write.
create table learning.feed_watermarks (
    feed text not null,
    timeframe text not null,
    last_bar_ts timestamp with time zone not null,  -- Open of the newest bar ticked (UTC).
    constraint one_watermark_per_feed_and_timeframe PRIMARY KEY (feed, timeframe)
);

-- One row per feed: a feed is one ticker's. Who takes it over begins a new epoch, and the ticker before can write no more.
create table learning.feeds (
    feed text not null,
    epoch bigint not null default 1,
    constraint feeds_pkey PRIMARY KEY (feed)
);

-- One row per comparison of a slice's grid with what governs its windows. Arrays run from 0, the base gates, in the order of learning.gate_grid().
create table learning.gate_simulations (
    id bigint not null generated always as identity,
    look_id bigint not null,
    lesson_id bigint not null,
    reference jsonb not null,
    exclusions jsonb not null,
    n_windows integer not null,
    n_days integer not null,
    by_outcome boolean not null,  -- The windows have no results: outcomes count, money is unknown.
    dodge_rate double precision,  -- Losers among the windows base refuses, 0..1; null when it refuses none.
    evidence double precision not null,  -- E: wealth of the search, averaged over candidates and quarterly starts.
    changed integer[] not null,  -- Windows that buy otherwise, or at another bar.
    misses_caught integer[] not null,
    failures_added integer[] not null,
    failures_avoided integer[] not null,
    wins_lost integer[] not null,
    benefit double precision[] not null,  -- Sum of the differences in ROI that are gains, a fraction (0.05 = 5 %).
    cost double precision[] not null,  -- Sum of the differences in ROI that are losses, a fraction.
    z double precision[] not null,  -- Of the day sums of the differences in score.
    money_z double precision[] not null,  -- Of the day sums of the differences in ROI; null where money is unknown.
    record jsonb,  -- The track record of the slice's live solution, as in learning.solutions.
    simulated_at timestamp with time zone not null default learning.clock(),  -- UTC, by learning.clock().
    sides jsonb not null default '{}'::jsonb,  -- What changes sides under the candidates people will ask about: {candidate: {"windows": ids, "kinds": 1 admitted, -1 refused, 0 another bar, "values": difference in ROI}}.
    constraint gate_simulations_pkey PRIMARY KEY (id),
    constraint gate_simulations_lesson_id_fkey FOREIGN KEY (lesson_id) REFERENCES learning.lessons(id) ON DELETE CASCADE,
    constraint gate_simulations_look_id_fkey FOREIGN KEY (look_id) REFERENCES learning.looks(id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX one_comparison_of_a_kind ON learning.gate_simulations USING btree (look_id, lesson_id, md5(((reference)::text || (exclusions)::text)));

-- One row per lever of a pattern: its base, its grid and its range. The only place base gates stand.
create table learning.gates (
    pattern_key text not null,
    gate text not null,
    value_key text not null,  -- The name of the gate's value in factors and samples.
    direction text not null,  -- at_least: passes when value >= threshold; at_most: when value <= threshold; arms: tests no bar, says how many ATRs below its last buy a ladder buys again.
    base double precision not null,  -- Threshold without overrides; score 0..1, ATRs, or ATRs per bar.
    steps double precision[] not null,  -- The grid: steps around base in the base's unit, with 0.
    adjust text not null,  -- How an override is stored: multiplier of the base, or delta added to it.
    min_value double precision not null,
    max_value double precision not null,
    action_category text not null,
    ordinal integer not null,
    constraint one_row_per_gate_of_a_pattern PRIMARY KEY (pattern_key, gate),
    constraint one_category_per_gate_of_a_pattern UNIQUE (pattern_key, action_category),
    constraint a_multiplier_needs_a_base CHECK (adjust = 'delta'::text OR base <> 0::double precision),
    constraint adjust_is_known CHECK (adjust = ANY (ARRAY['multiplier'::text, 'delta'::text])),
    constraint base_is_within_its_range CHECK (base >= min_value AND base <= max_value),
    constraint direction_is_known CHECK (direction = ANY (ARRAY['at_least'::text, 'at_most'::text, 'arms'::text])),
    constraint gates_stay_within_reach CHECK (abs(base) <= '1000000000'::double precision AND abs(min_value) <= '1000000000'::double precision AND abs(max_value) <= '1000000000'::double precision AND ('-1000000000'::double precision <= ALL (steps)) AND ('1000000000'::double precision >= ALL (steps)) AND array_position(steps, NULL::double precision) IS NULL),
    constraint multipliers_stay_within_reach CHECK (adjust <> 'multiplier'::text OR abs(base) >= '1e-09'::double precision AND (LEAST('-0.99'::double precision * base, '99'::double precision * base) <= ALL (steps)) AND (GREATEST('-0.99'::double precision * base, '99'::double precision * base) >= ALL (steps))),
    constraint pattern_key_is_canonical CHECK (pattern_key ~ '^(pm|dm)\.[a-z][a-z0-9_]*(\.[A-Za-z0-9_]+)+$'::text),
    constraint the_grid_contains_the_base CHECK (0::double precision = ANY (steps))
);
CREATE TRIGGER notify_controls AFTER INSERT OR DELETE OR UPDATE ON learning.gates FOR EACH STATEMENT EXECUTE FUNCTION learning.notify_controls();

-- One row per job, and * for all of them: who holds it. A run holds its row's lock during each step, and the lease from step to step.
create table learning.job_leases (
    job text not null,
    run_id bigint,  -- The run that holds the job.
    holder text,  -- Who holds all jobs (row *): a replay, quadrant learn.
    pid integer,  -- The server process of the holder; a lease is void once that session is gone.
    session_key bigint,  -- learning.session_key() of the holder: tells its session from a later one with the same pid.
    constraint job_leases_pkey PRIMARY KEY (job),
    constraint a_lease_names_its_session CHECK ((pid IS NULL) = (session_key IS NULL)),
    constraint only_a_session_holds_a_lease CHECK (pid IS NOT NULL OR run_id IS NULL AND holder IS NULL)
);

-- One row per module: its live configuration.
create table learning.learning_configs (
    module_id text not null,
    config_data jsonb not null default '{}'::jsonb,  -- Settings, feature flags, allocations; changes take effect at the next read.
    updated_at timestamp with time zone not null default learning.clock(),  -- UTC, by learning.clock().
    updated_by text not null default CURRENT_USER,
    constraint learning_configs_pkey PRIMARY KEY (module_id),
    constraint config_data_is_an_object CHECK (jsonb_typeof(config_data) = 'object'::text),
    constraint timeframe_shares_sum_to_1 CHECK (module_id <> 'decision_maker'::text OR learning.shares_are_whole(config_data))
);
CREATE TRIGGER check_changed_settings AFTER UPDATE ON learning.learning_configs FOR EACH ROW WHEN (((old.module_id IS DISTINCT FROM new.module_id) OR (old.config_data IS DISTINCT FROM new.config_data))) EXECUTE FUNCTION learning.check_settings();
CREATE TRIGGER check_settings AFTER INSERT OR DELETE ON learning.learning_configs FOR EACH ROW EXECUTE FUNCTION learning.check_settings();
CREATE TRIGGER notify_controls AFTER UPDATE OF config_data ON learning.learning_configs FOR EACH ROW WHEN (((new.module_id = 'pm'::text) AND ((new.config_data -> 'feature_flags'::text) IS DISTINCT FROM (old.config_data -> 'feature_flags'::text)))) EXECUTE FUNCTION learning.notify_controls();
CREATE TRIGGER notify_new_controls AFTER INSERT OR DELETE ON learning.learning_configs FOR EACH STATEMENT EXECUTE FUNCTION learning.notify_controls();

-- One row per change of a setting, written by trigger. State (allocations) has none.
create table learning.learning_configs_history (
    id bigint not null generated always as identity,
    module_id text not null,
    setting text not null,  -- Its name; the path of what is none.
    pattern_key text,  -- Null: the general value.
    gate text,
    old_value jsonb,  -- Null: it was not set.
    new_value jsonb,  -- Null: it is not set any more.
    changed_by text not null,
    changed_at timestamp with time zone not null,  -- UTC, by learning.clock().
    constraint learning_configs_history_pkey PRIMARY KEY (id)
);

-- One row per log line.
create table learning.learning_log (
    id bigint not null generated always as identity,
    run_id bigint,
    level text not null,
    event text not null,
    data jsonb not null default '{}'::jsonb,
    logged_at timestamp with time zone not null default clock_timestamp(),  -- The server's own clock (UTC).
    clock_at timestamp with time zone not null default learning.log_time(),  -- What the line is of, by the learning clock (UTC): simulated time in a replay.
    transaction_id xid8 not null default pg_current_xact_id(),  -- What is older than every open transaction is complete: who follows the log reads up to there.
    constraint learning_log_pkey PRIMARY KEY (id),
    constraint level_is_known CHECK (level = ANY (ARRAY['DEBUG'::text, 'INFO'::text, 'WARNING'::text, 'ERROR'::text]))
);
CREATE INDEX learning_log_by_run ON learning.learning_log USING btree (run_id);
CREATE INDEX learning_log_by_transaction ON learning.learning_log USING btree (transaction_id);

-- One row per run of a job.
create table learning.learning_runs (
    id bigint not null generated always as identity,
    job text not null,
    status text not null default 'running'::text,
    as_of timestamp with time zone not null default learning.clock(),  -- learning.clock() read once at the start (UTC): what the whole run goes by.
    started_at timestamp with time zone not null default clock_timestamp(),  -- The server's own clock (UTC), so that durations are real.
    finished_at timestamp with time zone,  -- The server's own clock (UTC).
    detail jsonb not null default '{}'::jsonb,  -- Counts of what the run did, or why it failed or was skipped.
    constraint learning_runs_pkey PRIMARY KEY (id),
    constraint a_finished_run_has_an_end CHECK ((status = ANY (ARRAY['running'::text, 'waiting'::text])) = (finished_at IS NULL)),
    constraint status_is_known CHECK (status = ANY (ARRAY['running'::text, 'waiting'::text, 'done'::text, 'failed'::text, 'skipped'::text]))
);
CREATE INDEX learning_runs_by_job ON learning.learning_runs USING btree (job, id DESC);
CREATE INDEX learning_runs_open ON learning.learning_runs USING btree (job) WHERE (status = 'running'::text);

-- One row per conclusion; learning.learning_lessons reads them with their stats.
create table learning.lessons (
    id bigint not null generated always as identity,
    module text not null,
    lesson_type text not null,
    pattern_key text not null,
    action_category text not null default 'tuning'::text,
    scope_subset jsonb not null default '{}'::jsonb,
    n bigint not null,  -- Experiments behind it, policy skips left out; of pm_strength and dm_alloc: trades.
    stats jsonb,  -- What the conclusion rests on; null for an active tuning lesson, whose slice (slice_key) tells it.
    counted_stamp text not null default ''::text,  -- Changes exactly when what the slice counts does: an unchanged slice is not judged again.
    decay_halflife_hours double precision,  -- Half-life of the edge in hours; null where none is measurable.
    status text not null default 'active'::text,
    run_id bigint,
    updated_at timestamp with time zone not null default learning.clock(),  -- When the lesson was last written (UTC, learning.clock()): its own counts, verdict, copy_of or status changed.
    slice_key text collate "C",  -- Tuning lessons: the slice in slice_rates.
    verdict text,  -- Tuning lessons: hold, loosen, tighten, press or mixed, a label for people.
    copy_of bigint,  -- The lesson whose slice, a broader one, holds the very same experiments; null: it is no copy.
    constraint lessons_pkey PRIMARY KEY (id),
    constraint one_lesson_per_slice_key UNIQUE (pattern_key, slice_key) DEFERRABLE,
    constraint a_copy_is_of_a_lesson FOREIGN KEY (copy_of) REFERENCES learning.lessons(id),
    constraint lessons_run_id_fkey FOREIGN KEY (run_id) REFERENCES learning.learning_runs(id) ON DELETE SET NULL,
    constraint a_lesson_is_of_its_patterns_module CHECK ((lesson_type <> ALL (ARRAY['pm_strength'::text, 'dm_alloc'::text])) OR module = split_part(pattern_key, '.'::text, 1) AND lesson_type ~~ (module || '%'::text)),
    constraint lesson_type_is_known CHECK (lesson_type = ANY (ARRAY['tuning_rates'::text, 'pm_tuning'::text, 'pm_strength'::text, 'dm_alloc'::text])),
    constraint module_is_known CHECK (module = ANY (ARRAY['pm'::text, 'dm'::text])),
    constraint scope_is_an_object_of_plain_values CHECK (slice_key IS NOT NULL OR learning.is_scope(scope_subset)),
    constraint status_is_known CHECK (status = ANY (ARRAY['active'::text, 'retired'::text])),
    constraint verdict_is_known CHECK (verdict = ANY (ARRAY['hold'::text, 'loosen'::text, 'tighten'::text, 'press'::text, 'mixed'::text]))
);
CREATE UNIQUE INDEX one_lesson_per_slice ON learning.lessons USING btree (lesson_type, pattern_key, action_category, scope_subset) WHERE (slice_key IS NULL);

-- One row per slice a look judges: the comparison it goes by and what came of it.
create table learning.look_slices (
    look_id bigint not null,
    lesson_id bigint not null,
    scope_subset jsonb not null,
    depth integer not null,
    place integer,  -- Order of judging: broad before narrow, in force before new, then the strongest first.
    in_force integer,  -- The candidate in force when the look began (0 = base gates); null for none.
    held integer,  -- The candidate that is suspended here: it comes back by its record, not by being found again.
    is_banned boolean not null default false,  -- Its effect is that of narrower slices: without their windows it did not stand.
    simulation_id bigint,
    candidate integer,  -- The candidate that is in force (0 = base gates) or, verdict proposed, would be; null for none.
    verdict text not null default 'open'::text,
    reason text not null default ''::text,
    upheld text,  -- A person pinned or approved what is in force here.
    barred integer[] not null default '{}'::integer[],  -- Candidates a person dismissed here.
    constraint look_slices_pkey PRIMARY KEY (look_id, lesson_id),
    constraint look_slices_lesson_id_fkey FOREIGN KEY (lesson_id) REFERENCES learning.lessons(id) ON DELETE CASCADE,
    constraint look_slices_look_id_fkey FOREIGN KEY (look_id) REFERENCES learning.looks(id) ON DELETE CASCADE,
    constraint look_slices_simulation_id_fkey FOREIGN KEY (simulation_id) REFERENCES learning.gate_simulations(id) ON DELETE SET NULL,
    constraint upheld_is_known CHECK (upheld = ANY (ARRAY['pinned'::text, 'approved'::text])),
    constraint verdict_is_known CHECK (verdict = ANY (ARRAY['open'::text, 'active'::text, 'proposed'::text, 'suspended'::text, 'none'::text, 'failed'::text]))
);
CREATE INDEX look_slices_by_lesson ON learning.look_slices USING btree (lesson_id);

-- One row per pattern judged in a run: what was tried and what came of it.
create table learning.looks (
    id bigint not null generated always as identity,
    run_id bigint not null,
    pattern_key text not null,
    profile text not null,
    look_day date not null,  -- UTC day: windows that opened before it are judged, whole days only.
    n_levers integer[] not null default '{}'::integer[],  -- Levers each policy moves: from 0, the base gates, in the order of learning.policies().
    move double precision[] not null default '{}'::double precision[],  -- How far each policy moves: sum of |step| / largest step of the gate, from 0.
    status text not null default 'open'::text,
    slices integer not null default 0,
    n_windows integer not null default 0,  -- Mature windows the pattern was judged on.
    n_days integer not null default 0,
    candidates integer not null default 0,  -- Comparisons made: slices x candidates that changed a window.
    qualified integer not null default 0,  -- Slices that passed the tests.
    created integer not null default 0,  -- Solutions that came into force.
    dropped integer not null default 0,  -- Solutions that went out of force.
    looked_at timestamp with time zone not null default learning.clock(),  -- UTC, by learning.clock().
    constraint looks_pkey PRIMARY KEY (id),
    constraint a_pattern_is_looked_at_once_per_run UNIQUE (run_id, pattern_key),
    constraint looks_run_id_fkey FOREIGN KEY (run_id) REFERENCES learning.learning_runs(id) ON DELETE CASCADE,
    constraint profile_is_known CHECK (profile = ANY (ARRAY['evidence'::text, 'plan'::text])),
    constraint status_is_known CHECK (status = ANY (ARRAY['open'::text, 'decided'::text, 'failed'::text, 'superseded'::text]))
);
CREATE INDEX looks_by_pattern ON learning.looks USING btree (pattern_key, id DESC);

-- One row per token x timeframe the PM watches.
create table learning.lowcap_positions (
    position_id bigint not null generated always as identity,
    token_contract text not null,
    token_chain text not null,
    symbol text not null,
    timeframe text not null,
    book text not null default 'main'::text,  -- Tells several positions of one token and timeframe apart.
    status text not null default 'watchlist'::text,
    state text not null default 'S4'::text,
    scope jsonb not null default '{}'::jsonb,  -- The position's present scope, as of its newest tick.
    total_allocation_pct numeric not null default 0,  -- Percent of capital (0..100).
    current_trade_id text,
    constraint lowcap_positions_pkey PRIMARY KEY (position_id),
    constraint one_position_per_token_timeframe_and_book UNIQUE (token_contract, token_chain, timeframe, book),
    constraint allocation_is_a_percentage CHECK (total_allocation_pct >= 0::numeric AND total_allocation_pct <= 100::numeric),
    constraint scope_is_an_object_of_plain_values CHECK (learning.is_scope(scope)),
    constraint state_is_known CHECK (state = ANY (ARRAY['S0'::text, 'S1'::text, 'S2'::text, 'S3'::text, 'S4'::text])),
    constraint status_is_known CHECK (status = ANY (ARRAY['watchlist'::text, 'active'::text, 'dormant'::text, 'paused'::text, 'archived'::text])),
    constraint timeframe_is_known CHECK (timeframe = ANY (ARRAY['15m'::text, '1h'::text, '4h'::text]))
) with (fillfactor=70);
CREATE TRIGGER close_archived_position AFTER UPDATE OF status ON learning.lowcap_positions FOR EACH ROW WHEN (((new.status = 'archived'::text) AND (old.status <> 'archived'::text))) EXECUTE FUNCTION learning.close_archived_position();
CREATE TRIGGER keep_position_overrides_of_inserted AFTER INSERT ON learning.lowcap_positions REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION learning.keep_position_overrides();
CREATE TRIGGER keep_position_overrides_of_updated AFTER UPDATE ON learning.lowcap_positions REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION learning.keep_position_overrides();
CREATE TRIGGER notify_controls AFTER UPDATE OF status ON learning.lowcap_positions FOR EACH ROW WHEN (((old.status = ANY (ARRAY['watchlist'::text, 'active'::text])) <> (new.status = ANY (ARRAY['watchlist'::text, 'active'::text])))) EXECUTE FUNCTION learning.notify_controls();

-- One row per mined pattern: what its rates were made from, to see when time or settings change them.
create table learning.mined_patterns (
    pattern_key text not null,
    as_of timestamp with time zone not null,  -- The clock of the mining (UTC).
    due_at timestamp with time zone,  -- When the passing of time alone changes the rates next (UTC): an experiment enters or leaves the lookback; null: never.
    configuration text not null,  -- The tuning settings and enabled dimensions it was mined with.
    mining bigint not null default 0,  -- How often the pattern was mined.
    base_mining bigint not null default 0,  -- The mining of the last rebuild: a slice that had base_floor experiments then is stored.
    base_floor integer,  -- Experiments a slice needed at the last rebuild to be stored; null: it waits to be counted anew.
    lookback_days integer,  -- Days of experiments it was mined from.
    n_experiments bigint not null default 0,  -- Its rows in mining_contributions.
    n_new bigint not null default 0,  -- Experiments that came, or came to count elsewhere, since the last rebuild.
    constraint mined_patterns_pkey PRIMARY KEY (pattern_key)
);

-- One row per pattern whose trades were mined: what it was made from, to see when time or settings change it.
create table learning.mined_trades (
    pattern_key text not null,
    as_of timestamp with time zone not null,  -- The clock of the mining (UTC).
    due_at timestamp with time zone,  -- When the passing of time alone changes its lessons next (UTC): a trade enters or leaves the lookback; null: never.
    configuration text not null,  -- The settings and dimensions it was mined with.
    judged_on date,  -- UTC day on which its lessons were last judged; null: not yet.
    judged_by text,  -- The profile they were judged by.
    constraint mined_trades_pkey PRIMARY KEY (pattern_key),
    constraint judged_by_a_profile CHECK (judged_by = ANY (ARRAY['evidence'::text, 'plan'::text]))
);

-- The dictionary of a pattern's slice keys. It only grows, but for a rebuild of everything.
create table learning.mining_codes (
    pattern_key text not null,
    name text not null,
    value text not null,  -- The value as learning.scope_value() writes it.
    place integer not null,  -- The place of the dimension among the conditions of slice_rates.slice_key, from 1.
    code integer not null,  -- The number of the value within its dimension, from 1.
    item text collate "C" not null,  -- The condition (name = value) as the character that stands for it in slice_rates.slice_key.
    constraint one_code_per_value PRIMARY KEY (pattern_key, name, value),
    constraint a_code_has_one_meaning UNIQUE (pattern_key, place, code),
    constraint an_item_has_one_meaning UNIQUE (pattern_key, item)
);

-- One row per experiment that slice_rates counts, as it was when it was counted.
create table learning.mining_contributions (
    pattern_key text not null,
    attempt_id text not null,
    experiment_id bigint not null,
    decided_at timestamp with time zone not null,  -- When the experiment was decided (UTC): it leaves lookback_days later.
    scope jsonb not null,
    quadrant text not null,
    weight bigint not null,  -- learning.experiment_weight(decided windows of the attempt and pattern): a share of the attempt, in units of 2^-32.
    has_samples boolean not null,
    roi double precision,  -- Virtual result after fees, a fraction; null: not known yet.
    mining bigint not null,  -- The mining of the pattern (mined_patterns.mining) that first counted it where it counts now.
    samples_digest uuid,  -- The samples it was counted with (pattern_episode_events.samples_digest).
    constraint an_experiment_counts_once PRIMARY KEY (pattern_key, attempt_id, experiment_id),
    constraint quadrant_is_known CHECK (quadrant = ANY (ARRAY['acted_success'::text, 'acted_failure'::text, 'skipped_success'::text, 'skipped_failure'::text, 'policy'::text]))
);
CREATE INDEX mining_contributions_by_age ON learning.mining_contributions USING btree (pattern_key, decided_at);
CREATE INDEX mining_contributions_by_mining ON learning.mining_contributions USING btree (pattern_key, mining);

-- Attempts whose experiments changed since the miner last ran: an outbox it empties.
create table learning.mining_dirty (
    id bigint not null generated always as identity,
    pattern_key text not null,
    attempt_id text not null,
    constraint mining_dirty_pkey PRIMARY KEY (id)
);

-- Always empty: locked by who changes overrides, and by ticks that keep answers meanwhile (learning.hold_position_overrides).
create table learning.override_changes (
    only_row boolean not null,
    constraint override_changes_pkey PRIMARY KEY (only_row),
    constraint it_stays_empty CHECK (only_row IS NULL)
);

-- What removed windows and trades of an override's slice came to, with it and without it: sums of their days (learning.override_sides).
create table learning.override_past (
    override_id bigint not null,
    measure text not null,
    is_with boolean not null,  -- Decided with the override, or without it.
    n double precision not null,  -- Windows or trades.
    days bigint not null,  -- UTC days; one that was removed in parts counts more than once.
    value double precision not null,  -- Sum of their ROIs (0.05 = 5 %).
    values2 double precision not null,  -- Sum over days of the day's ROIs, squared.
    cross_sum double precision not null,  -- Sum over days of the day's ROIs times its windows or trades.
    n2 double precision not null,  -- Sum over days of the day's windows or trades, squared.
    constraint override_past_pkey PRIMARY KEY (override_id, measure, is_with),
    constraint measure_is_known CHECK (measure = ANY (ARRAY['windows'::text, 'trades'::text]))
);

-- One row per opportunity window: the experiment, its decision, outcome and virtual result.
create table learning.pattern_episode_events (
    id bigint not null generated always as identity,
    window_id text not null default (gen_random_uuid())::text,
    episode_id text not null default (gen_random_uuid())::text,
    attempt_id text not null default (gen_random_uuid())::text,
    position_id bigint,
    episode_type text not null default 'own'::text,
    pattern_key text not null,
    scope jsonb not null default '{}'::jsonb,
    decision text,  -- acted or skipped; null while the window is open.
    outcome text,  -- success, failure, neutral; null while pending.
    outcome_reason text,
    blocked_by text[] not null default '{}'::text[],  -- Gates that failed at the decision bar, each on its own; {policy} when all passed and nothing was bought.
    factors jsonb not null default '{}'::jsonb,  -- What the decision saw: values, thresholds in force, flags, samples, summary.
    opened_at timestamp with time zone not null default learning.clock(),  -- When the window's first bar existed (UTC).
    decided_at timestamp with time zone,  -- When the decision bar existed (UTC).
    closed_at timestamp with time zone,  -- When the window's end was seen (UTC).
    outcome_at timestamp with time zone,  -- When the outcome was seen (UTC).
    trade_id text,
    entry_price double precision,  -- Virtual entry: open after the reference bar, in quote currency.
    exit_price double precision,  -- Virtual exit: open after the exit bar, in quote currency.
    roi double precision,  -- Virtual result after fees, a fraction (0.05 = 5 %), whoever took the window.
    roi_at timestamp with time zone,  -- When the virtual result was known (UTC).
    has_samples boolean not null generated always as (CASE WHEN (jsonb_typeof((factors -> 'samples'::text)) = 'array'::text) THEN (jsonb_array_length((factors -> 'samples'::text)) > 0) ELSE false END) stored,  -- Whether factors carry samples: the miner counts them without reading factors.
    samples_digest uuid generated always as ((md5((factors ->> 'samples'::text)))::uuid) stored,  -- The samples of factors in short: another digest, other samples; null: factors have none.
    overrides jsonb generated always as (CASE WHEN (jsonb_typeof((factors -> 'overrides'::text)) = 'array'::text) THEN (factors -> 'overrides'::text) ELSE NULL::jsonb END) stored,  -- Ids of the overrides the thresholds in force came from at its decision bar (factors.overrides); null: base gates.
    base_admits boolean,  -- Whether some sample passed all base gates, as the judge sees it; null without samples.
    changed text,  -- What the gates in force changed: let_in (acted, base gates would not have bought), kept_out (blocked by a gate, base gates would have bought); null: nothing.
    run text,  -- The label it was recorded under, which its ids begin with; null: none.
    constraint pattern_episode_events_pkey PRIMARY KEY (id),
    constraint a_window_is_recorded_once UNIQUE (window_id),
    constraint pattern_episode_events_position_id_fkey FOREIGN KEY (position_id) REFERENCES learning.lowcap_positions(position_id) ON DELETE SET NULL,
    constraint a_decision_has_a_time CHECK (decision IS NULL OR decided_at IS NOT NULL),
    constraint a_virtual_result_has_a_time CHECK (roi IS NULL OR roi_at IS NOT NULL),
    constraint an_outcome_has_a_time CHECK (outcome IS NULL OR outcome_at IS NOT NULL),
    constraint changed_is_known CHECK (changed = ANY (ARRAY['let_in'::text, 'kept_out'::text])),
    constraint decision_is_known CHECK (decision = ANY (ARRAY['acted'::text, 'skipped'::text])),
    constraint episode_type_is_a_word CHECK (episode_type ~ '^[a-z][a-z0-9_]*$'::text),
    constraint factors_is_an_object CHECK (jsonb_typeof(factors) = 'object'::text),
    constraint numbers_are_finite CHECK (learning.is_finite(roi) AND learning.is_finite(entry_price) AND learning.is_finite(exit_price)),
    constraint outcome_is_known CHECK (outcome = ANY (ARRAY['success'::text, 'failure'::text, 'neutral'::text])),
    constraint outcome_needs_a_decision CHECK (outcome IS NULL OR outcome = 'neutral'::text OR decision IS NOT NULL),
    constraint pattern_key_is_canonical CHECK (pattern_key ~ '^(pm|dm)\.[a-z][a-z0-9_]*(\.[A-Za-z0-9_]+)+$'::text),
    constraint scope_is_an_object_of_plain_values CHECK (learning.is_scope(scope))
);
CREATE INDEX pattern_episode_events_by_age ON learning.pattern_episode_events USING btree (opened_at);
CREATE INDEX pattern_episode_events_by_attempt ON learning.pattern_episode_events USING btree (attempt_id, pattern_key);
CREATE INDEX pattern_episode_events_by_episode ON learning.pattern_episode_events USING btree (episode_id);
CREATE INDEX pattern_episode_events_by_position ON learning.pattern_episode_events USING btree (position_id, opened_at);
CREATE INDEX pattern_episode_events_by_run ON learning.pattern_episode_events USING btree (run) WHERE (run IS NOT NULL);
CREATE INDEX pattern_episode_events_by_trade ON learning.pattern_episode_events USING btree (trade_id) WHERE (trade_id IS NOT NULL);
CREATE INDEX pattern_episode_events_changed ON learning.pattern_episode_events USING btree (pattern_key, decided_at) INCLUDE (changed, outcome, roi) WHERE (changed IS NOT NULL);
CREATE INDEX pattern_episode_events_counted ON learning.pattern_episode_events USING btree (pattern_key, episode_type, decision, outcome) INCLUDE (decided_at, blocked_by, has_samples, roi);
CREATE INDEX pattern_episode_events_decided ON learning.pattern_episode_events USING btree (pattern_key, attempt_id) WHERE (decision IS NOT NULL);
CREATE INDEX pattern_episode_events_judged ON learning.pattern_episode_events USING btree (pattern_key, decided_at) WHERE (outcome = ANY (ARRAY['success'::text, 'failure'::text]));
CREATE INDEX pattern_episode_events_newest ON learning.pattern_episode_events USING btree (decided_at) WHERE (decision IS NOT NULL);
CREATE INDEX pattern_episode_events_pending ON learning.pattern_episode_events USING btree (opened_at) WHERE (outcome IS NULL);
CREATE TRIGGER fill_window_times BEFORE INSERT OR UPDATE ON learning.pattern_episode_events FOR EACH ROW EXECUTE FUNCTION learning.fill_window_times();
CREATE TRIGGER keep_corrected_decision AFTER UPDATE ON learning.pattern_episode_events FOR EACH ROW WHEN ((old.decision <> new.decision)) EXECUTE FUNCTION learning.keep_corrected_decision();
CREATE TRIGGER log_inserted_windows AFTER INSERT ON learning.pattern_episode_events REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION learning.log_inserted_windows();
CREATE TRIGGER log_updated_windows AFTER UPDATE ON learning.pattern_episode_events REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION learning.log_updated_windows();
CREATE TRIGGER mark_deleted_experiments AFTER DELETE ON learning.pattern_episode_events REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION learning.mark_deleted_experiments();
CREATE TRIGGER mark_inserted_experiments AFTER INSERT ON learning.pattern_episode_events REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION learning.mark_inserted_experiments();
CREATE TRIGGER mark_replicated_experiment AFTER INSERT OR DELETE OR UPDATE ON learning.pattern_episode_events FOR EACH ROW EXECUTE FUNCTION learning.mark_replicated_experiment();
CREATE TRIGGER mark_updated_experiments AFTER UPDATE ON learning.pattern_episode_events REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION learning.mark_updated_experiments();
CREATE TRIGGER note_what_changed BEFORE INSERT OR UPDATE OF factors, decision, blocked_by ON learning.pattern_episode_events FOR EACH ROW WHEN (((new.decision IS NOT NULL) AND (new.factors ? 'samples'::text))) EXECUTE FUNCTION learning.note_what_changed();

-- One row per PM action of a closed trade.
create table learning.pattern_trade_events (
    id bigint not null generated always as identity,
    trade_id text not null,
    pattern_key text not null,
    action_category text not null,
    scope jsonb not null default '{}'::jsonb,
    roi double precision not null,  -- The trade's ROI after fees, a fraction.
    did_trim boolean not null default false,
    reached_s3 boolean not null default false,
    hold_hours double precision,  -- Hours from first fill to close.
    closed_at timestamp with time zone not null default learning.clock(),  -- When the trade closed (UTC).
    position_id bigint,
    ordinal integer not null default 1,  -- Which action of the trade it is: 1, 2, ... in the order they were made.
    constraint pattern_trade_events_pkey PRIMARY KEY (id),
    constraint one_row_per_action_of_a_trade UNIQUE (trade_id, ordinal),
    constraint pattern_trade_events_position_id_fkey FOREIGN KEY (position_id) REFERENCES learning.lowcap_positions(position_id) ON DELETE SET NULL,
    constraint action_category_is_known CHECK (action_category = ANY (ARRAY['entry'::text, 'add'::text, 'trim'::text, 'exit'::text])),
    constraint actions_are_counted_from_1 CHECK (ordinal >= 1),
    constraint numbers_are_finite CHECK (learning.is_finite(roi) AND learning.is_finite(hold_hours)),
    constraint pattern_key_is_canonical CHECK (pattern_key ~ '^(pm|dm)\.[a-z][a-z0-9_]*(\.[A-Za-z0-9_]+)+$'::text),
    constraint scope_is_an_object_of_plain_values CHECK (learning.is_scope(scope))
);
CREATE INDEX pattern_trade_events_by_age ON learning.pattern_trade_events USING btree (closed_at);
CREATE INDEX pattern_trade_events_by_time ON learning.pattern_trade_events USING btree (pattern_key, closed_at);
CREATE TRIGGER mark_deleted_trades AFTER DELETE ON learning.pattern_trade_events REFERENCING OLD TABLE AS changed_rows FOR EACH STATEMENT EXECUTE FUNCTION learning.mark_changed_trades();
CREATE TRIGGER mark_inserted_trades AFTER INSERT ON learning.pattern_trade_events REFERENCING NEW TABLE AS changed_rows FOR EACH STATEMENT EXECUTE FUNCTION learning.mark_changed_trades();
CREATE TRIGGER mark_replicated_trade AFTER INSERT OR DELETE OR UPDATE ON learning.pattern_trade_events FOR EACH ROW EXECUTE FUNCTION learning.mark_replicated_trade();
CREATE TRIGGER mark_trades_before_update AFTER UPDATE ON learning.pattern_trade_events REFERENCING OLD TABLE AS changed_rows FOR EACH STATEMENT EXECUTE FUNCTION learning.mark_changed_trades();
CREATE TRIGGER mark_updated_trades AFTER UPDATE ON learning.pattern_trade_events REFERENCING NEW TABLE AS changed_rows FOR EACH STATEMENT EXECUTE FUNCTION learning.mark_changed_trades();

-- One row per decision about a lever in a scope: in force (active) or only shown (proposed).
create table learning.pm_overrides (
    id bigint not null generated always as identity,
    status text not null default 'active'::text,
    pinned boolean not null default false,
    pattern_key text not null,
    action_category text not null,
    scope_subset jsonb not null default '{}'::jsonb,
    multiplier double precision default 1,  -- Multiplies the gate's base; null for pm_strength.
    delta double precision not null default 0,  -- Added to base x multiplier, in the gate's unit.
    dir_a double precision,  -- Direction for A, -1..1 (pm_strength).
    dir_e double precision,  -- Direction for E, -1..1 (pm_strength).
    confidence_score double precision not null default 0,
    edge_raw_roi double precision,  -- ROI edge over the global mean, a fraction.
    n bigint not null default 0,  -- Experiments behind it.
    method text not null default 'manual'::text,
    solution_id text not null default (gen_random_uuid())::text,  -- Levers that were found together share it.
    lesson_id bigint,
    evidence jsonb not null default '{}'::jsonb,
    last_updated_at timestamp with time zone not null default learning.clock(),  -- When its content last changed (UTC, learning.clock()).
    is_manual boolean not null generated always as ((method = 'manual'::text)) stored,
    items text[] not null generated always as (learning.scope_items(scope_subset)) stored,
    depth integer not null generated always as (cardinality(learning.scope_items(scope_subset))) stored,
    preference double precision[] not null generated always as (learning.preference(pinned, cardinality(learning.scope_items(scope_subset)), (method = 'manual'::text), confidence_score, n, last_updated_at, id)) stored,  -- Of the overrides of a lever that hold for a scope the one with the largest is in force (learning.preference).
    anchor text collate "C" not null generated always as (learning.scope_anchor(learning.scope_items(scope_subset))) stored,  -- The first three of items as one text: where a look-up finds it (learning.scope_anchors).
    constraint pm_overrides_pkey PRIMARY KEY (id),
    constraint pm_overrides_lesson_id_fkey FOREIGN KEY (lesson_id) REFERENCES learning.lessons(id) ON DELETE SET NULL,
    constraint category_can_be_overridden CHECK ((action_category = ANY (ARRAY['tuning_ts_min'::text, 'tuning_halo'::text, 'tuning_slope_min'::text, 'tuning_dx_min'::text, 'tuning_dx_atr_mult'::text, 'pm_strength'::text, 'dm_alloc'::text])) OR action_category ~ '^tuning_[a-z0-9_]+$'::text),
    constraint confidence_is_between_0_and_1 CHECK (confidence_score >= 0::double precision AND confidence_score <= 1::double precision),
    constraint delta_is_within_reach CHECK (abs(delta) <= '1000000000'::double precision),
    constraint legacy_knobs_have_no_overrides CHECK (action_category <> ALL (ARRAY['tuning_entry_delay_bars'::text, 'tuning_phase1_frac_mult'::text, 'tuning_trim_delay_mult'::text, 'tuning_trail_mult'::text, 'tuning_panic_trigger'::text, 'tuning_wait_n_after_trim'::text])),
    constraint method_is_known CHECK (method = ANY (ARRAY['simulation'::text, 'drift'::text, 'ladder'::text, 'strength'::text, 'manual'::text])),
    constraint multiplier_is_between_a_hundredth_and_a_hundred CHECK (round(multiplier::numeric, 9) >= 0.01 AND round(multiplier::numeric, 9) <= 100::numeric),
    constraint multiplier_is_positive CHECK (multiplier > 0::double precision AND learning.is_finite(multiplier)),
    constraint numbers_are_finite CHECK (learning.is_finite(delta) AND learning.is_finite(edge_raw_roi) AND learning.is_finite(dir_a) AND learning.is_finite(dir_e)),
    constraint only_strength_has_no_multiplier CHECK (multiplier IS NOT NULL OR action_category = 'pm_strength'::text),
    constraint pattern_key_is_canonical CHECK (pattern_key ~ '^(pm|dm)\.[a-z][a-z0-9_]*(\.[A-Za-z0-9_]+)+$'::text),
    constraint scope_is_an_object_of_plain_values CHECK (learning.is_scope(scope_subset)),
    constraint status_is_known CHECK (status = ANY (ARRAY['active'::text, 'proposed'::text]))
);
CREATE UNIQUE INDEX one_override_per_lever_and_slice ON learning.pm_overrides USING btree (pattern_key, action_category, scope_subset, is_manual);
CREATE INDEX pm_overrides_by_anchor ON learning.pm_overrides USING btree (anchor, pattern_key) WHERE (status = 'active'::text);
CREATE INDEX pm_overrides_of_families ON learning.pm_overrides USING btree (pattern_key) WHERE ((status = 'active'::text) AND (action_category = 'dm_alloc'::text));
CREATE INDEX pm_overrides_of_strength ON learning.pm_overrides USING btree (COALESCE(items[1], ''::text)) WHERE ((status = 'active'::text) AND (action_category = 'pm_strength'::text));
CREATE TRIGGER check_override BEFORE INSERT OR UPDATE OF pattern_key, action_category ON learning.pm_overrides FOR EACH ROW EXECUTE FUNCTION learning.check_override();
CREATE TRIGGER hold_position_overrides BEFORE INSERT OR DELETE OR UPDATE OF status, pinned, pattern_key, action_category, scope_subset, method, confidence_score, n, last_updated_at OR TRUNCATE ON learning.pm_overrides FOR EACH STATEMENT EXECUTE FUNCTION learning.hold_position_overrides();
CREATE TRIGGER keep_override_history AFTER INSERT OR DELETE OR UPDATE ON learning.pm_overrides FOR EACH ROW EXECUTE FUNCTION learning.keep_override_history();
CREATE TRIGGER refresh_position_overrides_of_deleted AFTER DELETE ON learning.pm_overrides REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION learning.refresh_position_overrides();
CREATE TRIGGER refresh_position_overrides_of_inserted AFTER INSERT ON learning.pm_overrides REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION learning.refresh_position_overrides();
CREATE TRIGGER refresh_position_overrides_of_updated AFTER UPDATE ON learning.pm_overrides REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION learning.refresh_position_overrides();
CREATE TRIGGER refresh_replicated_override AFTER INSERT OR DELETE OR UPDATE ON learning.pm_overrides FOR EACH ROW EXECUTE FUNCTION learning.refresh_replicated_override();
CREATE TRIGGER write_scope_canonically BEFORE INSERT OR UPDATE ON learning.pm_overrides FOR EACH ROW EXECUTE FUNCTION learning.write_scope_canonically();

-- One row per change of an override, written by trigger.
create table learning.pm_overrides_history (
    id bigint not null generated always as identity,
    override_id bigint not null,
    change text not null,
    old_row jsonb,
    new_row jsonb,
    run_id bigint,  -- The run that changed it (setting quadrant.run_id); null for a person.
    actor text not null,  -- The person who decided (setting quadrant.person), else the database's user.
    changed_at timestamp with time zone not null,  -- UTC, by learning.clock().
    constraint pm_overrides_history_pkey PRIMARY KEY (id),
    constraint change_is_known CHECK (change = ANY (ARRAY['INSERT'::text, 'UPDATE'::text, 'DELETE'::text]))
);
CREATE INDEX pm_overrides_history_by_anchor ON learning.pm_overrides_history USING btree (learning.scope_anchor(learning.scope_items((new_row -> 'scope_subset'::text)))) WHERE (new_row IS NOT NULL);
CREATE INDEX pm_overrides_history_by_override ON learning.pm_overrides_history USING btree (override_id, id);

-- One row per position: the overrides that win in its scope, kept by triggers (learning.keep_position_overrides). True for the scope it names; a position that has another now is asked anew.
create table learning.position_overrides (
    position_id bigint not null,
    scope jsonb not null,  -- The scope answered for: the position's, or an earlier one of it.
    items text[] not null,  -- learning.scope_items of scope.
    override_ids bigint[] not null,  -- Per lever of every pattern the override with the largest preference, switches aside.
    constraint position_overrides_pkey PRIMARY KEY (position_id),
    constraint position_overrides_position_id_fkey FOREIGN KEY (position_id) REFERENCES learning.lowcap_positions(position_id) ON DELETE CASCADE
) with (fillfactor=70);

-- One row per ROI average of learning_configs (decision_maker): how much evidence is behind it.
create table learning.roi_masses (
    average text not null,
    mass_short numeric not null,  -- Trades, each weighed by e^(-age / 14 days), as of the average's newest trade.
    mass_long numeric not null,  -- Trades, each weighed by e^(-age / 90 days), as of the average's newest trade.
    constraint roi_masses_pkey PRIMARY KEY (average),
    constraint average_is_of_a_timeframe_or_global CHECK (average = ANY (ARRAY['15m'::text, '1h'::text, '4h'::text, 'global'::text])),
    constraint masses_are_positive CHECK (mass_short > 0::numeric AND mass_short < 'Infinity'::numeric AND mass_long > 0::numeric AND mass_long < 'Infinity'::numeric)
);

-- The schedule behind pg_cron.sql and quadrant serve: one row per job.
create table learning.schedule (
    job text not null,
    cron text not null,  -- Five cron fields, or N seconds (learning.cron), UTC.
    command text not null,  -- One call of a run_* procedure.
    enabled boolean not null default true,
    by_pg_cron boolean not null default false,  -- pg_cron was given this job (learning.schedule_all); quadrant serve leaves it alone then.
    constraint schedule_pkey PRIMARY KEY (job),
    constraint job_is_named_after_quadrant CHECK (job ~ '^quadrant\.[a-z_]+$'::text)
);
CREATE TRIGGER check_cron BEFORE INSERT OR UPDATE OF cron ON learning.schedule FOR EACH ROW EXECUTE FUNCTION learning.check_cron();

-- One row per scope key that can be mined.
create table learning.scope_dimensions (
    name text not null,
    ordinal integer not null,  -- The order in which dimensions are rolled up and shown.
    enabled boolean not null default false,
    module text,  -- Whose lessons from trades may have it: pm or dm; null: both.
    constraint scope_dimensions_pkey PRIMARY KEY (name),
    constraint every_dimension_has_its_own_ordinal UNIQUE (ordinal),
    constraint dimension_name_is_not_empty CHECK (name <> ''::text),
    constraint module_is_known CHECK (module = ANY (ARRAY['pm'::text, 'dm'::text]))
);

-- One row per comparison the Python worker must make for a look.
create table learning.simulation_requests (
    id bigint not null generated always as identity,
    run_id bigint not null,
    look_id bigint not null,
    lesson_id bigint not null,
    reference jsonb not null default '[]'::jsonb,  -- What governs the slice's windows without it, most specific first: [{"scope": {...}, "candidate": 5}]; base where none matches.
    exclusions jsonb not null default '[]'::jsonb,  -- Scopes whose windows are left out: they are governed by something else whatever this slice gets.
    status text not null default 'waiting'::text,
    attempts integer not null default 0,
    leased_by text,
    leased_until timestamp with time zone,  -- The server's own clock (UTC): after it the request returns to the queue.
    error text,
    created_at timestamp with time zone not null default clock_timestamp(),  -- The server's own clock (UTC).
    finished_at timestamp with time zone,  -- The server's own clock (UTC).
    constraint simulation_requests_pkey PRIMARY KEY (id),
    constraint simulation_requests_lesson_id_fkey FOREIGN KEY (lesson_id) REFERENCES learning.lessons(id) ON DELETE CASCADE,
    constraint simulation_requests_look_id_fkey FOREIGN KEY (look_id) REFERENCES learning.looks(id) ON DELETE CASCADE,
    constraint simulation_requests_run_id_fkey FOREIGN KEY (run_id) REFERENCES learning.learning_runs(id) ON DELETE CASCADE,
    constraint a_lease_has_a_holder_and_an_end CHECK ((status = 'leased'::text) = (leased_by IS NOT NULL AND leased_until IS NOT NULL)),
    constraint status_is_known CHECK (status = ANY (ARRAY['waiting'::text, 'leased'::text, 'done'::text, 'failed'::text]))
);
CREATE UNIQUE INDEX a_comparison_is_asked_for_once_per_look ON learning.simulation_requests USING btree (look_id, lesson_id, md5(((reference)::text || (exclusions)::text)));
CREATE INDEX simulation_requests_by_run ON learning.simulation_requests USING btree (run_id);
CREATE INDEX simulation_requests_open ON learning.simulation_requests USING btree (id) WHERE (status = ANY (ARRAY['waiting'::text, 'leased'::text]));

-- One row per scope slice of a pattern with at least base_floor experiments at its last rebuild (mined_patterns), with its counts now.
create table learning.slice_rates (
    pattern_key text not null,
    acted_success integer not null,
    acted_failure integer not null,
    skipped_success integer not null,
    skipped_failure integer not null,
    n_policy integer not null,  -- Policy skips with an outcome: outside the rates and outside n.
    weight bigint not null,  -- Sum of learning.experiment_weight(decided windows of the attempt and pattern) over the experiments of n: learning.attempts() makes n_eff of it.
    n_sampled integer not null,  -- Experiments (policy skips too) whose factors carry samples.
    n_valued integer not null,  -- Experiments (policy skips too) that have a virtual result.
    slice_key text collate "C" not null,  -- The slice: an item of mining_codes per condition, in the order of their places; empty: the whole pattern.
    mining bigint not null default 0,  -- The mining of the pattern (mined_patterns.mining) in which its experiments last changed.
    success_weight bigint not null default 0,  -- The part of weight that succeeded: divided by weight it is the success rate of attempts, which tests go by.
    n integer not null generated always as ((((acted_success + acted_failure) + skipped_success) + skipped_failure)) stored,
    constraint one_row_per_slice PRIMARY KEY (pattern_key, slice_key)
) with (fillfactor=70);

-- One row per change of gates in a scope that was ever written: in force, proposed, or past.
create table learning.solutions (
    id bigint not null default nextval('learning.pm_overrides_id_seq'::regclass),
    pattern_key text not null,
    scope_subset jsonb not null,
    lesson_id bigint,
    steps jsonb not null,  -- Every lever of the grid: {gate: step around base}; 0 leaves it at base.
    status text not null,
    reason text not null default ''::text,
    confidence double precision not null,  -- Orders solutions of equal depth that overlap: z / (1 + z) when it was written, below that of older ones it overlaps.
    n bigint not null,  -- Windows of the slice when it was written.
    look_id bigint,
    written_at timestamp with time zone not null default learning.clock(),  -- UTC, by learning.clock().
    record_since date not null,  -- First UTC day of its own track record: nothing before it had a part in choosing it.
    record jsonb not null default '{}'::jsonb,  -- What it did since record_since: {changed, days, value, for, against, money_z}; value is a sum of ROI, for and against are odds.
    changed_at timestamp with time zone not null default learning.clock(),  -- When its status last changed (UTC, learning.clock()).
    changed_by text not null default 'judge'::text,  -- judge, or the person who decided.
    items text[] not null generated always as (learning.scope_items(scope_subset)) stored,
    depth integer not null generated always as (cardinality(learning.scope_items(scope_subset))) stored,
    pinned boolean not null default false,  -- A person wants it in force whatever the judge finds; it outranks everything.
    approved_by text,  -- The person who put it in force: it stays while it would at least be proposed.
    constraint solutions_pkey PRIMARY KEY (id),
    constraint solutions_lesson_id_fkey FOREIGN KEY (lesson_id) REFERENCES learning.lessons(id) ON DELETE SET NULL,
    constraint solutions_look_id_fkey FOREIGN KEY (look_id) REFERENCES learning.looks(id) ON DELETE SET NULL,
    constraint confidence_is_between_0_and_1 CHECK (confidence >= 0::double precision AND confidence <= 1::double precision),
    constraint status_is_known CHECK (status = ANY (ARRAY['active'::text, 'proposed'::text, 'suspended'::text, 'dismissed'::text, 'ended'::text])),
    constraint steps_are_an_object CHECK (jsonb_typeof(steps) = 'object'::text),
    constraint what_is_pinned_is_in_force CHECK (NOT pinned OR status = 'active'::text)
);
CREATE UNIQUE INDEX a_slice_has_one_live_solution ON learning.solutions USING btree (pattern_key, scope_subset) WHERE (status = ANY (ARRAY['active'::text, 'proposed'::text, 'suspended'::text]));
CREATE INDEX solutions_dismissed ON learning.solutions USING btree (pattern_key, scope_subset) WHERE (status = 'dismissed'::text);

-- One row per position: the open attempt, its windows, and what the tick needs to go on after a crash.
create table learning.tick_states (
    position_id bigint not null,
    feed text,  -- The feed whose watermark counts when it is newer than last_bar_ts.
    state jsonb not null default '{}'::jsonb,
    last_bar_ts timestamp with time zone,  -- Open of the newest bar that changed the state (UTC).
    version bigint not null default 0,  -- Grows by one per write: two tickers cannot both win.
    constraint tick_states_pkey PRIMARY KEY (position_id),
    constraint tick_states_position_id_fkey FOREIGN KEY (position_id) REFERENCES learning.lowcap_positions(position_id) ON DELETE CASCADE
) with (fillfactor=70);

-- Patterns whose trades changed since they were last mined: an outbox the miner empties.
create table learning.trades_dirty (
    id bigint not null generated always as identity,
    pattern_key text not null,
    constraint trades_dirty_pkey PRIMARY KEY (id)
);

-- One row per window that waits for its virtual result: what it would be if it were sold now. Gone when the result comes.
create table learning.window_marks (
    window_id text not null,
    marked_at timestamp with time zone not null,  -- When the bar behind it existed (UTC): the first of each UTC day.
    entry_price double precision not null,  -- Virtual entry: open after the reference bar, in quote currency.
    exit_price double precision not null,  -- The bar's close, in quote currency.
    roi double precision not null,  -- From entry to this close, after fees, a fraction (0.05 = 5 %).
    constraint window_marks_pkey PRIMARY KEY (window_id),
    constraint window_marks_window_id_fkey FOREIGN KEY (window_id) REFERENCES learning.pattern_episode_events(window_id) ON DELETE CASCADE,
    constraint numbers_are_finite CHECK (learning.is_finite(entry_price) AND learning.is_finite(exit_price) AND learning.is_finite(roi))
);

-- One row per simulation worker that lives, or died without saying so within a day.
create table learning.workers (
    worker text not null,
    started_at timestamp with time zone not null default clock_timestamp(),  -- The server's own clock (UTC).
    beat_at timestamp with time zone not null default clock_timestamp(),  -- When it last said that it is there, by the server's own clock (UTC).
    doing text not null,  -- What it was at then.
    version text not null,
    runs_jobs boolean not null default false,  -- It is part of quadrant serve, which also runs the jobs of the schedule.
    constraint workers_pkey PRIMARY KEY (worker),
    constraint texts_are_short CHECK (GREATEST(length(worker), length(doing), length(version)) <= 200)
);

-- At most one row, made by first use: whose market this database learns from.
create table learning.world (
    only_row boolean not null default true,
    kind text not null,  -- live: a bot, its records or imports; replay: recorded bars, with a clock of their own.
    feed text,  -- The replay's feed: named after its series and where they begin.
    data text,  -- Where the replay's bars were read from, for people.
    chain text,
    first_used_at timestamp with time zone not null default clock_timestamp(),  -- The server's own clock (UTC).
    constraint world_pkey PRIMARY KEY (only_row),
    constraint a_database_holds_one_world CHECK (only_row),
    constraint kind_of_world_is_known CHECK (kind = ANY (ARRAY['live'::text, 'replay'::text])),
    constraint only_a_replay_has_a_feed CHECK ((kind = 'replay'::text) = (feed IS NOT NULL))
);

-- What the PM reads: per watchlist or active position the gates in force for its present scope. Gates: {pattern: {gate: {base, value, override_id}}}.
-- view pm.position_controls (
--     position_id bigint,
--     symbol text,
--     timeframe text,
--     status text,
--     scope jsonb,
--     s1_ts_min double precision,
--     s1_halo double precision,
--     s1_slope_min double precision,
--     s2_ts_min double precision,
--     s2_halo double precision,
--     s2_slope_min double precision,
--     s3_ts_min double precision,
--     s3_dx_min double precision,
--     s3_slope_min double precision,
--     dx_atr_mult double precision,
--     gates jsonb,
--     total_allocation_pct numeric,
--     alloc_mult double precision,
--     as_of timestamp with time zone,
--     entry_delay_bars integer,
--     phase1_frac_mult double precision,
--     trim_delay_mult double precision,
--     trail_mult double precision,
--     panic_trigger double precision,
--     wait_n_after_trim integer,
--     posture jsonb,
--     position_size_frac double precision
-- )

-- Rows of analyst.health: what is stored and needs somebody, the clock, rights.
-- view learning.data_checks (
--     place integer,
--     check_name text,
--     status text,
--     detail text,
--     what_to_do text
-- )

-- What drift makes of each tuning lesson and lever; why_not is empty where it would write.
-- view learning.drift_levers (
--     lesson_id bigint,
--     pattern_key text,
--     scope_subset jsonb,
--     depth integer,
--     n bigint,
--     is_copy boolean,
--     simulated boolean,
--     n_misses bigint,
--     n_fps bigint,
--     pressure bigint,
--     dr double precision,
--     gate text,
--     action_category text,
--     direction text,
--     ordinal integer,
--     raw double precision,
--     multiplier double precision,
--     why_not text
-- )

-- The lessons about how many buys of the DX ladder recoveries took.
-- view learning.dx_ladder_lessons (
--     id bigint,
--     pattern_key text,
--     scope_subset jsonb,
--     n bigint,
--     stats jsonb,
--     copy_of bigint,
--     is_copy boolean,
--     status text,
--     run_id bigint,
--     updated_at timestamp with time zone
-- )

-- Rows of analyst.health: feeds whose newest bar is older than feed_silent_bars of its timeframe.
-- view learning.feed_checks (
--     place integer,
--     check_name text,
--     status text,
--     detail text,
--     what_to_do text
-- )

-- Rows of analyst.health: who runs the jobs, and which are late or fail.
-- view learning.job_checks (
--     place integer,
--     check_name text,
--     status text,
--     detail text,
--     what_to_do text
-- )

-- The jobs of the schedule, and who runs each: pg_cron or quadrant serve.
-- view learning.job_runners (
--     job text,
--     cron text,
--     command text,
--     enabled boolean,
--     runner text
-- )

-- Every override there ever was, with its last status: active, proposed or gone.
-- view learning.known_overrides (
--     override_id bigint,
--     status text,
--     pattern_key text,
--     action_category text,
--     scope_subset jsonb
-- )

-- One row per conclusion, with its evidence (stats).
-- view learning.learning_lessons (
--     id bigint,
--     module text,
--     lesson_type text,
--     pattern_key text,
--     action_category text,
--     scope_subset jsonb,
--     n bigint,
--     stats jsonb,
--     counted_stamp text,
--     decay_halflife_hours double precision,
--     latent_factor_id text,
--     status text,
--     run_id bigint,
--     updated_at timestamp with time zone,
--     copy_of bigint,
--     is_copy boolean
-- )

-- Which tuning lessons, no copies, succeed more or less often than the rest of their parent: p, q and an interval of the difference that agrees with q at 0.05.
-- view learning.lesson_differences (
--     lesson_id bigint,
--     pattern_key text,
--     difference double precision,
--     p double precision,
--     q double precision,
--     is_different boolean,
--     level double precision,
--     difference_low double precision,
--     difference_high double precision
-- )

-- Tuning lessons with the counts of their slice and of its parent.
-- view learning.lesson_slices (
--     lesson_id bigint,
--     pattern_key text,
--     status text,
--     is_copy boolean,
--     slice learning.slice_rates,
--     parent learning.slice_rates,
--     parent_scope jsonb,
--     shrinkage double precision
-- )

-- Tuning lessons with the stats their slices' counts say now.
-- view learning.lesson_stats (
--     lesson_id bigint,
--     slice learning.slice_rates,
--     stats jsonb
-- )

-- The lessons about rates of slices: those of learning.lessons that slice_rates are behind.
-- view learning.rate_lessons (
--     id bigint,
--     pattern_key text,
--     scope_subset jsonb,
--     slice_key text,
--     n bigint,
--     stats jsonb,
--     verdict text,
--     counted_stamp text,
--     copy_of bigint,
--     is_copy boolean,
--     status text,
--     run_id bigint,
--     updated_at timestamp with time zone
-- )

-- Rows of analyst.health: who reads this server's WAL, a standby, subscriptions.
-- view learning.replication_checks (
--     place integer,
--     check_name text,
--     status text,
--     detail text,
--     what_to_do text
-- )

-- One row per value of learning_configs that is not valid: code, problem, hint, and what is used instead.
-- view learning.settings_problems (
--     module_id text,
--     path text,
--     place text[],
--     name text,
--     pattern_key text,
--     gate text,
--     value jsonb,
--     code text,
--     problem text,
--     hint text,
--     used jsonb
-- )

-- Judging runs that wait with no request left, and since when.
-- view learning.stuck_judgings (
--     run_id bigint,
--     since timestamp with time zone
-- )

-- Trades per pattern and scope slice: directions, confidence, half-life (hours) and edge (a fraction).
-- view learning.trade_slices (
--     pattern_key text,
--     scope_subset jsonb,
--     depth integer,
--     n bigint,
--     mean_roi double precision,
--     var_roi double precision,
--     global_mean_roi double precision,
--     hold_hours double precision,
--     p_trim double precision,
--     p_s3 double precision,
--     dir_a double precision,
--     dir_e double precision,
--     confidence double precision,
--     decay_halflife_hours double precision,
--     edge_raw_roi double precision
-- )

-- Active tuning lessons of patterns with levers: is_copy (of a broader one), and simulated or drifting.
-- view learning.tuning_lessons (
--     lesson_id bigint,
--     pattern_key text,
--     scope_subset jsonb,
--     items text[],
--     depth integer,
--     n bigint,
--     n_misses bigint,
--     n_fps bigint,
--     dr double precision,
--     is_copy boolean,
--     simulated boolean
-- )

-- Rows of analyst.health: simulations no living worker takes, judging that never comes to an end.
-- view learning.worker_checks (
--     place integer,
--     check_name text,
--     status text,
--     detail text,
--     what_to_do text
-- )

-- One row per order of the portfolio manager, of all time; content is what it told.
-- view analyst.actions (
--     ordered_at timestamp with time zone,
--     symbol text,
--     timeframe text,
--     book text,
--     trade_id text,
--     episode_id text,
--     action text,
--     pattern_key text,
--     price double precision,
--     cash double precision,
--     content jsonb
-- )

-- One row per timeframe: share now and desired (0..1), average ROIs over 14 and 90 days (fractions), trades, the last change and the trade behind it, why the newest trade moved what it moved; money per budget-day, and whether the share is told from noise.
-- view analyst.allocation (
--     timeframe text,
--     share numeric,
--     desired numeric,
--     roi_short numeric,
--     roi_long numeric,
--     n integer,
--     newest_at timestamp with time zone,
--     last_change numeric,
--     last_changed_at timestamp with time zone,
--     last_trade_id text,
--     last_trade_timeframe text,
--     last_trade_roi double precision,
--     why text,
--     profile text,
--     money_per_day double precision,
--     money_spread double precision,
--     surety double precision,
--     noise_lowest double precision,
--     noise_highest double precision,
--     verdict text
-- )

-- Shares (0..1) after every closed trade, one row per step and timeframe, with the trade and the reason.
-- view analyst.allocation_path (
--     step_id bigint,
--     stepped_at timestamp with time zone,
--     timeframe text,
--     share numeric,
--     change numeric,
--     desired numeric,
--     trade_id text,
--     trade_timeframe text,
--     trade_roi double precision,
--     trade_closed_at timestamp with time zone,
--     reason text
-- )

-- One row per walk-forward, profile of the allocation and timeframe: money per budget-day, the gain against fixed shares with a 95 % interval (fractions of the budget a day), the last shares (0..1), the band of shuffled trades (profile plan), and whether they are told from noise.
-- view analyst.backtest_allocations (
--     id bigint,
--     made_at timestamp with time zone,
--     market text,
--     profile text,
--     trades bigint,
--     money_per_day double precision,
--     gain double precision,
--     gain_low double precision,
--     gain_high double precision,
--     timeframe text,
--     share numeric,
--     timeframe_trades integer,
--     noise_lowest double precision,
--     noise_highest double precision,
--     verdict text
-- )

-- One row per walk-forward and arm (evidence, plan, drift: gates; strength: sizes by posture; capital: by family; channels: all three; base, oracle): money in stakes, gain against base with a 95 % interval; selection: the gain beyond trading more or less; at_equal_exposure: beyond what base would have made of as many stakes.
-- view analyst.backtests (
--     id bigint,
--     made_at timestamp with time zone,
--     market text,
--     verdict text,
--     first_day date,
--     last_day date,
--     arm text,
--     setups bigint,
--     bought bigint,
--     money double precision,
--     per_setup double precision,
--     success_rate double precision,
--     missed_rate double precision,
--     drawdown double precision,
--     gain double precision,
--     gain_low double precision,
--     gain_high double precision,
--     selection double precision,
--     selection_low double precision,
--     selection_high double precision,
--     name text,
--     stakes double precision,
--     at_equal_exposure double precision,
--     at_equal_exposure_low double precision,
--     at_equal_exposure_high double precision,
--     noise_histories integer,
--     noise_in_force double precision,
--     noise_ever bigint,
--     noise_patterns bigint
-- )

-- One row per solution and window that changes sides under it, within evidence_days before the newest look.
-- view analyst.changed_sides (
--     solution_id bigint,
--     lesson_id bigint,
--     pattern_key text,
--     scope_subset jsonb,
--     look_day date,
--     window_id text,
--     symbol text,
--     timeframe text,
--     opened_at timestamp with time zone,
--     decision text,
--     outcome text,
--     roi double precision,
--     side text,
--     value double precision
-- )

-- One row per change of gates in force, suspended or proposed, now: in words, its evidence within evidence_days, and what it let in and kept out since it came into force.
-- view analyst.changes (
--     id bigint,
--     status text,
--     pinned boolean,
--     method text,
--     pattern_key text,
--     scope_subset jsonb,
--     gates jsonb,
--     setup text,
--     scope_words text,
--     gates_words text,
--     changed integer,
--     effect double precision,
--     z double precision,
--     money_z double precision,
--     evidence double precision,
--     n bigint,
--     look_day date,
--     odds_for double precision,
--     odds_against double precision,
--     reason text,
--     decided_by text,
--     changed_at timestamp with time zone,
--     in_force_since timestamp with time zone,
--     let_in bigint,
--     let_in_days bigint,
--     let_in_finished bigint,
--     let_in_succeeded bigint,
--     let_in_roi double precision,
--     kept_out bigint,
--     kept_out_finished bigint,
--     kept_out_succeeded bigint,
--     kept_out_roi double precision,
--     lesson_id bigint,
--     open_to text[]
-- )

-- One row per decision that was corrected: what it was (decision, time, gates that failed) and what it is now.
-- view analyst.corrections (
--     window_id text,
--     pattern_key text,
--     was text,
--     was_at timestamp with time zone,
--     was_blocked_by text[],
--     is_now text,
--     is_at timestamp with time zone,
--     trade_id text,
--     corrected_at timestamp with time zone
-- )

-- One row per decision in force or proposed: solutions, gates set by hand, drift, ladder.
-- view analyst.decisions (
--     id bigint,
--     status text,
--     pinned boolean,
--     method text,
--     pattern_key text,
--     scope_subset jsonb,
--     gates jsonb,
--     changed integer,
--     value double precision,
--     z double precision,
--     evidence double precision,
--     record_since date,
--     record_changed integer,
--     record_value double precision,
--     odds_for double precision,
--     odds_against double precision,
--     reason text,
--     decided_by text,
--     changed_at timestamp with time zone
-- )

-- One row per solution and look: windows, evidence E, z, money, odds of its own record.
-- view analyst.evidence_path (
--     solution_id bigint,
--     pattern_key text,
--     scope_subset jsonb,
--     look_day date,
--     status text,
--     n_windows integer,
--     changed integer,
--     evidence double precision,
--     z double precision,
--     money_z double precision,
--     value double precision,
--     odds_for double precision,
--     odds_against double precision
-- )

-- One row per registered gate, now: its direction, base threshold, and the steps that are tried.
-- view analyst.gates (
--     pattern_key text,
--     gate text,
--     ordinal integer,
--     direction text,
--     base double precision,
--     steps double precision[],
--     min_value double precision,
--     max_value double precision,
--     value_key text,
--     action_category text,
--     is_lever boolean
-- )

-- One row per slice and candidate of the newest looks: counts, gains and losses in ROI, z.
-- view analyst.grids (
--     lesson_id bigint,
--     pattern_key text,
--     scope_subset jsonb,
--     candidate integer,
--     steps jsonb,
--     n_levers integer,
--     changed integer,
--     misses_caught integer,
--     failures_added integer,
--     failures_avoided integer,
--     wins_lost integer,
--     benefit double precision,
--     cost double precision,
--     z double precision,
--     money_z double precision,
--     chosen boolean,
--     at_edge boolean
-- )

-- One row: how things stand (in_force, shadow, switched_off, suspended, proposed, nothing, unjudged, pending, empty), in sentences and with the figures behind them.
-- view analyst.headline (
--     state text,
--     sentence text,
--     changes_in_words text,
--     tried_in_words text,
--     active bigint,
--     proposed bigint,
--     suspended bigint,
--     surest_id bigint,
--     changed_since timestamp with time zone,
--     let_in bigint,
--     let_in_days bigint,
--     let_in_finished bigint,
--     let_in_succeeded bigint,
--     let_in_roi double precision,
--     kept_out bigint,
--     kept_out_finished bigint,
--     kept_out_succeeded bigint,
--     kept_out_roi double precision,
--     slices bigint,
--     candidates bigint,
--     qualified bigint
-- )

-- Is it alive? One row per check: ok, warn or fail, what was seen, and what to do.
-- view analyst.health (
--     check_name text,
--     status text,
--     detail text,
--     what_to_do text
-- )

-- One row per look: slices and candidates tried, how many passed, came and went.
-- view analyst.judgings (
--     look_id bigint,
--     run_id bigint,
--     pattern_key text,
--     profile text,
--     look_day date,
--     status text,
--     slices integer,
--     n_windows integer,
--     n_days integer,
--     candidates integer,
--     qualified integer,
--     created integer,
--     dropped integer,
--     looked_at timestamp with time zone
-- )

-- Per slice how many buys of the DX ladder its successful recoveries took, and the multiplier of the arms' distance that asks for.
-- view analyst.ladder_lessons (
--     lesson_id bigint,
--     status text,
--     pattern_key text,
--     scope_subset jsonb,
--     n bigint,
--     n_success bigint,
--     n_failure bigint,
--     failure_rate double precision,
--     count_1 bigint,
--     count_2 bigint,
--     count_3 bigint,
--     avg_dx_count double precision,
--     ladder_pressure double precision,
--     multiplier double precision,
--     run_id bigint,
--     updated_at timestamp with time zone
-- )

-- Lessons left out of analyst.lessons: their slice has the counts of a broader one in all four quadrants and as many policy skips (n_policy), whose lesson they copy.
-- view analyst.lesson_copies (
--     lesson_id bigint,
--     pattern_key text,
--     action_category text,
--     scope_subset jsonb,
--     n bigint,
--     copy_of bigint,
--     scope_copied jsonb
-- )

-- Per lesson and dimension: how much of the distance between the slice's success rate and its pattern's the dimension makes (Shapley values; they add up to the divergence).
-- view analyst.lesson_dimensions (
--     lesson_id bigint,
--     pattern_key text,
--     scope_subset jsonb,
--     dimension text,
--     value text,
--     contribution double precision,
--     divergence double precision
-- )

-- What was learned: per lesson its rates with 95 % bounds and shrunk values; sr is the success rate of attempts, difference_q says whether it differs from the rest of the parent.
-- view analyst.lessons (
--     lesson_id bigint,
--     status text,
--     lesson_type text,
--     pattern_key text,
--     action_category text,
--     scope_subset jsonb,
--     n bigint,
--     verdict text,
--     sr double precision,
--     sr_low double precision,
--     sr_high double precision,
--     sr_rest double precision,
--     difference double precision,
--     difference_low double precision,
--     difference_high double precision,
--     difference_p double precision,
--     difference_q double precision,
--     is_different boolean,
--     wr double precision,
--     wr_low double precision,
--     wr_high double precision,
--     wr_shrunk double precision,
--     fpr double precision,
--     fpr_low double precision,
--     fpr_high double precision,
--     fpr_shrunk double precision,
--     mr double precision,
--     mr_low double precision,
--     mr_high double precision,
--     mr_shrunk double precision,
--     dr double precision,
--     dr_low double precision,
--     dr_high double precision,
--     dr_shrunk double precision,
--     n_acted bigint,
--     n_skipped bigint,
--     n_misses bigint,
--     n_fps bigint,
--     n_policy bigint,
--     n_eff double precision,
--     pressure bigint,
--     n_sampled bigint,
--     n_valued bigint,
--     copies bigint,
--     run_id bigint,
--     updated_at timestamp with time zone
-- )

-- The learning log: a line per thing done, with its figures in data; clock_at is simulated time in a replay.
-- view analyst.log (
--     log_id bigint,
--     clock_at timestamp with time zone,
--     logged_at timestamp with time zone,
--     level text,
--     event text,
--     data jsonb,
--     run_id bigint,
--     job text
-- )

-- Would 20 or 25 do? Per pattern and n_min: lessons, width of their intervals (a rate, 0..1), share of rates that stayed on the same side of their parent's in the following 30 days; marginal_*: the lessons the next larger n_min would lose.
-- view analyst.n_min_study (
--     pattern_key text,
--     n_min integer,
--     moments bigint,
--     lessons double precision,
--     gained double precision,
--     width double precision,
--     compared bigint,
--     held_up double precision,
--     marginal_lessons double precision,
--     marginal_width double precision,
--     marginal_compared bigint,
--     marginal_held_up double precision
-- )

-- Per override, windows and trades decided with it and, in its slice, without it: mean ROI (fractions), their difference with a 90 % interval by days, n, and a verdict; too early under 30 or 10 days on a side.
-- view analyst.override_effect (
--     override_id bigint,
--     status text,
--     pattern_key text,
--     action_category text,
--     scope_subset jsonb,
--     measure text,
--     n_with bigint,
--     n_without bigint,
--     days_with bigint,
--     days_without bigint,
--     mean_with double precision,
--     mean_without double precision,
--     difference double precision,
--     lowest double precision,
--     highest double precision,
--     verdict text
-- )

-- Windows decided and trades closed under each override, from what they were stored with.
-- view analyst.override_hits (
--     override_id bigint,
--     windows bigint,
--     windows_acted bigint,
--     trades bigint,
--     first_hit_at timestamp with time zone,
--     last_hit_at timestamp with time zone
-- )

-- Every override, in force or proposed: the gate's value under it, the lesson and the present evidence behind it. confidence_score and n are those of the decision, by which ties break.
-- view analyst.overrides (
--     override_id bigint,
--     status text,
--     pinned boolean,
--     pattern_key text,
--     gate text,
--     action_category text,
--     scope_subset jsonb,
--     multiplier double precision,
--     delta double precision,
--     base double precision,
--     value double precision,
--     dir_a double precision,
--     dir_e double precision,
--     method text,
--     confidence_score double precision,
--     edge_raw_roi double precision,
--     n bigint,
--     solution_id text,
--     lesson_id bigint,
--     lesson_status text,
--     wr double precision,
--     fpr double precision,
--     mr double precision,
--     dr double precision,
--     n_eff double precision,
--     evidence jsonb,
--     last_updated_at timestamp with time zone
-- )

-- Per pattern and slice: counts and rates of its tuning lesson, levers considered {lever: {n, delta, severity, signal_confidence}} (means), trades with directions and edge; of families (dm.*) alloc_mult, which n_min trades ask for. ROIs are fractions.
-- materialized view analyst.pattern_scope_stats (
--     pattern_key text,
--     scope_subset jsonb,
--     n bigint,
--     n_acted bigint,
--     n_skipped bigint,
--     n_misses bigint,
--     n_fps bigint,
--     n_policy bigint,
--     n_eff double precision,
--     pressure bigint,
--     wr double precision,
--     fpr double precision,
--     mr double precision,
--     dr double precision,
--     q double precision,
--     levers_considered jsonb,
--     n_trades bigint,
--     mean_roi double precision,
--     p_trim double precision,
--     p_s3 double precision,
--     dir_a double precision,
--     dir_e double precision,
--     confidence double precision,
--     decay_halflife_hours double precision,
--     edge_raw_roi double precision,
--     alloc_mult double precision
-- )

-- Every pattern with its experiments, gates, lessons and overrides, and whether it can be judged; n_beyond_lookback finished ones are older than lookback_days: kept, not mined.
-- view analyst.patterns (
--     pattern_key text,
--     n_experiments bigint,
--     n_finished bigint,
--     n_pending bigint,
--     n_sampled bigint,
--     n_valued bigint,
--     n_gates bigint,
--     n_lessons bigint,
--     n_overrides bigint,
--     learning text,
--     n_beyond_lookback bigint,
--     lookback_days integer
-- )

-- One row per slice with a posture, now: directions for A and E with their confidence.
-- view analyst.postures (
--     override_id bigint,
--     status text,
--     pinned boolean,
--     pattern_key text,
--     scope_subset jsonb,
--     dir_a double precision,
--     dir_e double precision,
--     confidence double precision,
--     edge double precision,
--     n bigint,
--     method text,
--     last_updated_at timestamp with time zone
-- )

-- One row per tuning lesson: pressure, the multipliers drift makes of it, and what it would write.
-- view analyst.pressure (
--     lesson_id bigint,
--     pattern_key text,
--     scope_subset jsonb,
--     n bigint,
--     n_misses bigint,
--     n_fps bigint,
--     pressure bigint,
--     dr double precision,
--     judged_by text,
--     threshold_unclamped double precision,
--     threshold_multiplier double precision,
--     halo_unclamped double precision,
--     halo_multiplier double precision,
--     drift_would_write jsonb,
--     why_not text
-- )

-- Experiments per pattern and kind: the four quadrants, policy skips (apart), neutral and pending.
-- view analyst.quadrants (
--     pattern_key text,
--     episode_type text,
--     windows bigint,
--     acted_success bigint,
--     acted_failure bigint,
--     skipped_success bigint,
--     skipped_failure bigint,
--     policy_skips bigint,
--     neutral bigint,
--     pending bigint
-- )

-- One row per run's label and pattern: windows, those acted on and pending, mean virtual ROI of acted and skipped, closed trades and their mean ROI (fractions), opening of the first and last window (UTC).
-- view analyst.recorded_runs (
--     run text,
--     pattern_key text,
--     windows bigint,
--     acted bigint,
--     pending bigint,
--     acted_roi double precision,
--     skipped_roi double precision,
--     trades bigint,
--     trade_roi double precision,
--     first_at timestamp with time zone,
--     last_at timestamp with time zone
-- )

-- One row per bad input: what it was to become, where it came from, why it was refused, and it.
-- view analyst.rejects (
--     id bigint,
--     kind text,
--     source text,
--     code text,
--     reason text,
--     payload jsonb,
--     rejected_at timestamp with time zone
-- )

-- Every run of a job: status, how long it took (seconds) and what it did.
-- view analyst.runs (
--     run_id bigint,
--     job text,
--     status text,
--     as_of timestamp with time zone,
--     started_at timestamp with time zone,
--     finished_at timestamp with time zone,
--     seconds numeric,
--     detail jsonb
-- )

-- One row per setting, and per pattern or gate with a value of its own: value in force, default, range, meaning.
-- view analyst.settings (
--     name text,
--     pattern_key text,
--     gate text,
--     value jsonb,
--     is_set boolean,
--     default_value jsonb,
--     type text,
--     unit text,
--     accepts text,
--     smallest numeric,
--     largest numeric,
--     choices text[],
--     per text,
--     meaning text,
--     read_by text,
--     module_id text
-- )

-- One row per change of a setting: old and new value (null: not set), by whom and when (UTC).
-- view analyst.settings_history (
--     id bigint,
--     setting text,
--     pattern_key text,
--     gate text,
--     old_value jsonb,
--     new_value jsonb,
--     changed_by text,
--     changed_at timestamp with time zone
-- )

-- One row per decided window, of all time: decision, outcome, virtual result, values and thresholds at the decision, and what the gates in force changed.
-- view analyst.setups (
--     window_id text,
--     episode_id text,
--     pattern_key text,
--     episode_type text,
--     symbol text,
--     timeframe text,
--     book text,
--     scope jsonb,
--     decision text,
--     outcome text,
--     roi double precision,
--     opened_at timestamp with time zone,
--     decided_at timestamp with time zone,
--     outcome_at timestamp with time zone,
--     blocked_by text[],
--     at_decision jsonb,
--     in_force jsonb,
--     base_admits boolean,
--     changed text,
--     trade_id text
-- )

-- One row per slice of a pattern's newest look: the change in force or proposed, else the best tried, its evidence, and why it is not in force.
-- view analyst.simulations (
--     lesson_id bigint,
--     pattern_key text,
--     scope_subset jsonb,
--     profile text,
--     look_day date,
--     verdict text,
--     steps jsonb,
--     n_levers integer,
--     n_windows integer,
--     n_days integer,
--     changed integer,
--     misses_caught integer,
--     failures_added integer,
--     failures_avoided integer,
--     wins_lost integer,
--     benefit double precision,
--     cost double precision,
--     z double precision,
--     money_z double precision,
--     evidence double precision,
--     dodge_rate double precision,
--     by_outcome boolean,
--     reference jsonb,
--     exclusions jsonb,
--     reason text,
--     run_id bigint,
--     looked_at timestamp with time zone
-- )

-- One row per change of gates, in force, proposed or past, with evidence and track record.
-- view analyst.solutions (
--     solution_id bigint,
--     pattern_key text,
--     scope_subset jsonb,
--     depth integer,
--     status text,
--     reason text,
--     gates jsonb,
--     steps jsonb,
--     n bigint,
--     changed integer,
--     value double precision,
--     z double precision,
--     money_z double precision,
--     evidence double precision,
--     look_day date,
--     written_at timestamp with time zone,
--     record_since date,
--     record_changed integer,
--     record_days integer,
--     record_value double precision,
--     odds_for double precision,
--     odds_against double precision,
--     changed_at timestamp with time zone,
--     changed_by text,
--     pinned boolean,
--     approved_by text,
--     in_force_since timestamp with time zone,
--     let_in bigint,
--     let_in_days bigint,
--     let_in_finished bigint,
--     let_in_succeeded bigint,
--     let_in_roi double precision,
--     kept_out bigint,
--     kept_out_finished bigint,
--     kept_out_succeeded bigint,
--     kept_out_roi double precision
-- )

-- One row per change of a position's state (S0 to S4), of all time.
-- view analyst.states (
--     changed_at timestamp with time zone,
--     symbol text,
--     timeframe text,
--     book text,
--     before text,
--     after text
-- )

-- Per pattern and rule (plan: every lesson; in force): mean change of size, and the ROI that choosing sizes at equal exposure and trading less or more were worth on the lookback's own trades (fractions).
-- view analyst.strength (
--     pattern_key text,
--     rule text,
--     slices bigint,
--     n_trades bigint,
--     mean_roi double precision,
--     size_change double precision,
--     at_equal_exposure double precision,
--     of_trading_less double precision
-- )

-- Lessons from trades (no copies): edge (a fraction), directions, confidence, half-life (hours), what is in force or proposed, and whether the slice's trades beat the pattern's at equal exposure.
-- view analyst.strength_lessons (
--     lesson_id bigint,
--     status text,
--     lesson_type text,
--     pattern_key text,
--     scope_subset jsonb,
--     n bigint,
--     mean_roi double precision,
--     global_mean_roi double precision,
--     edge_raw_roi double precision,
--     dir_a double precision,
--     dir_e double precision,
--     confidence double precision,
--     p_trim double precision,
--     p_s3 double precision,
--     decay double precision,
--     decay_halflife_hours double precision,
--     target double precision,
--     alloc_mult double precision,
--     override_status text,
--     reason text,
--     n_judged bigint,
--     wealth double precision,
--     z double precision,
--     money_z double precision,
--     updated_at timestamp with time zone
-- )

-- One row: whose market this is, since when, how much of it, and the clock and settings it is read by.
-- view analyst.summary (
--     clock timestamp with time zone,
--     until timestamp with time zone,
--     world text,
--     data text,
--     chain text,
--     since timestamp with time zone,
--     windows bigint,
--     finished bigint,
--     pending bigint,
--     positions bigint,
--     symbols text[],
--     timeframes text[],
--     profile text,
--     lookback_days integer,
--     evidence_days integer,
--     n_min integer,
--     shadow boolean
-- )

-- One row per closed trade: cost and pnl in quote currency (after fees), roi a fraction.
-- view analyst.trades (
--     trade_id text,
--     symbol text,
--     timeframe text,
--     pattern_key text,
--     opened_at timestamp with time zone,
--     closed_at timestamp with time zone,
--     cost double precision,
--     pnl double precision,
--     roi double precision,
--     did_trim boolean,
--     reached_s3 boolean,
--     episode_id text
-- )

-- Scope keys that the newest 20,000 experiments carry and nothing mines: registered but off, or unknown. learning.enable_dimension() turns a registered one on.
-- view analyst.unmined_scope_keys (
--     scope_key text,
--     experiments bigint,
--     is_registered boolean,
--     last_seen_at timestamp with time zone
-- )

-- One row per opportunity window: decision, outcome, virtual ROI (fraction), thresholds in force at its decision.
-- view analyst.windows (
--     window_id text,
--     pattern_key text,
--     episode_type text,
--     scope jsonb,
--     decision text,
--     outcome text,
--     outcome_reason text,
--     blocked_by text[],
--     opened_at timestamp with time zone,
--     decided_at timestamp with time zone,
--     closed_at timestamp with time zone,
--     outcome_at timestamp with time zone,
--     trade_id text,
--     roi double precision,
--     in_force jsonb,
--     gates_differ boolean,
--     episode_id text
-- )

-- Whose market this database learns from; no row before its first use. replayed_to: the time a replay has reached (UTC), by which its lessons and overrides were learned.
-- view analyst.world (
--     kind text,
--     data text,
--     chain text,
--     feed text,
--     first_used_at timestamp with time zone,
--     replayed_to timestamp with time zone
-- )

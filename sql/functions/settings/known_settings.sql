-- Every setting of learning_configs, and the state that is kept beside them: the one place where
-- names, types, ranges and defaults stand. The checks, the reading (setting, setting_in,
-- switch_in), docs/settings.md and `quadrant config` come from it; a new setting is a new row.
-- path: where it stands in its module's config_data. per: whether a pattern, or a gate of one, may
-- have a value of its own. Types: integer, number, choice, switch; and the state, which is no
-- setting and only looked at for its shape: list, average, averages. rule: the jsonpath that
-- answers a value it accepts. A null default means: not set, which null may say too.
-- Long, for it is a table.
create or replace function learning.known_settings()
returns table (
    ordinal integer, module_id text, name text, path text, type text, unit text,
    smallest numeric, largest numeric, choices text[], default_value jsonb, per text,
    meaning text, read_by text, is_state boolean, rule text
)
language sql immutable parallel safe rows 25
as $$
    select s.ordinal, s.module_id, s.name, s.path, s.type, s.unit,
        s.smallest, s.largest, string_to_array(s.choices, ' '), s.default_value::jsonb, s.per,
        s.meaning, s.read_by, s.type in ('list', 'average', 'averages'),
        case s.type
            when 'integer' then format(
                'strict $ ? (@.type() == "number" && @ == @.floor() && @ >= %s && @ <= %s)',
                s.smallest, s.largest
            )
            when 'number' then format(
                'strict $ ? (@.type() == "number" && @ >= %s && @ <= %s)', s.smallest, s.largest
            )
            when 'choice' then format(
                'strict $ ? (@ == "%s")', replace(s.choices, ' ', '" || @ == "')
            )
            when 'switch' then 'strict $ ? (@.type() == "boolean")'
            -- An empty object before the first list is written.
            when 'list' then 'strict $ ? (@.type() == "array" || @.type() == "object")'
            -- Shares, ROIs, counts and times of the allocation, where they are there.
            else format(
                'strict $ ? (@.type() == "object" && !exists(%s.keyvalue() ? ('
                '@.key like_regex "^(current_allocation|roi_short|roi_long)$"'
                ' && @.value.type() != "number" && @.value.type() != "null"'
                ' || @.key == "n" && @.value.type() != "null" && !(@.value.type() == "number"'
                ' && @.value >= 0 && @.value <= 1000000000 && @.value == @.value.floor())'
                ' || @.key == "updated_at" && @.value.type() != "null"'
                ' && !(@.value like_regex "^\\d{4}-\\d\\d-\\d\\d[T ]\\d\\d:\\d\\d"))))',
                case s.type when 'average' then '@' else '@.*' end
            )
        end
    from (
        values
            (1, 'pm', 'n_min', 'tuning.n_min', 'integer', 'experiments', 1, 1000000, null,
                '33', 'pattern',
                'The fewest experiments of a slice that becomes a lesson.', 'mining'),
            (2, 'pm', 'lookback_days', 'tuning.lookback_days', 'integer', 'days', 1, 3650, null,
                '90', 'pattern',
                'How far back the experiments reach that count.', 'mining, judging'),
            (3, 'pm', 'pending_max_days', 'tuning.pending_max_days', 'integer', 'days', 1, 3650,
                null, '30', 'pattern',
                'After so long without an outcome a window becomes neutral.',
                'the aggregator, health'),
            (4, 'pm', 'max_dims', 'tuning.max_dims', 'integer', 'conditions', 0, 50, null,
                'null', 'pattern',
                'The most conditions of a slice. Not set: any number, and 4 where more than ten'
                ' dimensions are enabled.', 'mining'),
            (5, 'pm', 'shrinkage_k', 'tuning.shrinkage_k', 'number', 'windows', 0, 100000, null,
                '20', 'pattern',
                'A shrunk rate is the slice''s after so many windows at its parent''s.',
                'lessons'),
            (6, 'pm', 'profile', 'tuning.profile', 'choice', '', null, null, 'evidence plan',
                '"evidence"', 'pattern',
                'Which rules decide about gates: tests (evidence), or the documents'' own counts and'
                ' ratios (plan).', 'judging'),
            (7, 'pm', 'min_ratio', 'tuning.min_ratio', 'number', 'benefit / cost', 0, 1000, null,
                '2.0', 'pattern',
                'Profile plan: the least benefit per cost of a candidate that qualifies.',
                'judging'),
            (8, 'pm', 'evidence_days', 'tuning.evidence_days', 'integer', 'days', 30, 3650, null,
                '365', 'pattern',
                'Profile evidence: how far back the windows reach that are judged.', 'judging'),
            (9, 'pm', 'judge_every', 'tuning.judge_every', 'integer', 'days', 1, 365, null,
                '7', 'pattern',
                'Profile evidence: days from one look at a pattern to the next.', 'judging'),
            (10, 'pm', 'judged_depth', 'tuning.judged_depth', 'integer', 'conditions', 0, 5, null,
                '3', 'pattern',
                'The most conditions of a slice that is judged; from three on only proposed.',
                'judging'),
            (22, 'pm', 'auto_apply', 'tuning.auto_apply', 'switch', '', null, null, null, 'true',
                'pattern',
                'Whether what passes comes into force by itself; off, it waits for approval.',
                'judging'),
            (23, 'pm', 'even_payoff', 'tuning.even_payoff', 'switch', '', null, null, null,
                'false', 'pattern',
                'Whether wins and losses pay alike, so that outcomes alone may move gates.',
                'judging'),
            (11, 'pm', 'tuning_overrides_enabled', 'feature_flags.tuning_overrides_enabled',
                'switch', '', null, null, null, 'true', 'gate',
                'Whether overrides of gates act.', 'pm.gates, pm.position_controls'),
            (12, 'pm', 'ae_v2_enabled', 'feature_flags.ae_v2_enabled', 'switch', '', null, null,
                null, 'true', null,
                'Whether A and E follow the flags of the market.', 'pm.flag_posture'),
            (31, 'pm', 'strength_overrides_enabled', 'feature_flags.strength_overrides_enabled',
                'switch', '', null, null, null, 'true', 'pattern',
                'Whether overrides of strength move A and E.', 'pm.steer, pm.position_controls'),
            (32, 'pm', 'alloc_overrides_enabled', 'feature_flags.alloc_overrides_enabled',
                'switch', '', null, null, null, 'true', 'pattern',
                'Whether overrides of strategy families move allocations.',
                'pm.allocation_multiplier, pm.position_controls'),
            (13, 'pm', 'shadow', 'feature_flags.shadow', 'switch', '', null, null, null, 'false',
                null,
                'Shadow: everything is learned, no override acts.',
                'pm.gates, pm.steer, pm.allocation_multiplier, pm.position_controls'),
            (14, 'operations', 'retention_days.log', 'retention_days.log', 'integer', 'days', 1,
                36500, null, '90', null,
                'How long lines of the log are kept.', 'maintenance'),
            (15, 'operations', 'retention_days.runs', 'retention_days.runs', 'integer', 'days', 1,
                36500, null, '365', null,
                'How long runs are kept to which nothing refers.', 'maintenance'),
            (16, 'operations', 'retention_days.requests', 'retention_days.requests', 'integer',
                'days', 1, 36500, null, '30', null,
                'How long finished simulation requests are kept.', 'maintenance'),
            (17, 'operations', 'retention_days.rejects', 'retention_days.rejects', 'integer',
                'days', 1, 36500, null, '365', null,
                'How long rejected inputs are kept.', 'maintenance'),
            (18, 'operations', 'retention_days.cron', 'retention_days.cron', 'integer', 'days', 1,
                36500, null, '14', null,
                'How long pg_cron''s history of jobs is kept.', 'maintenance'),
            (43, 'operations', 'retention_days.events', 'retention_days.events', 'integer', 'days',
                90, 36500, null, 'null', null,
                'How long windows, closed trades and messages are kept that nothing waits for, at'
                ' least the longest evidence_days or lookback_days and 60 more. Not set: for ever.',
                'maintenance'),
            (19, 'operations', 'worker_silent_minutes', 'worker_silent_minutes', 'integer',
                'minutes', 1, 10080, null, '15', null,
                'Simulation requests that wait longer than this are a warning, four times this a'
                ' failure.', 'health'),
            (20, 'operations', 'feed_silent_bars', 'feed_silent_bars', 'integer', 'bars', 1, 10000,
                null, '3', null,
                'A feed without a bar for this many bars of its timeframe is a warning, for four'
                ' times as many a failure.', 'health'),
            (42, 'operations', 'replica_lag_minutes', 'replica_lag_minutes', 'integer', 'minutes',
                1, 10080, null, '5', null,
                'A standby or subscription further behind than this is a warning, four times this a'
                ' failure.', 'health'),
            (21, 'operations', 'log_episodes', 'log_episodes', 'switch', '', null, null, null,
                'true', null,
                'Whether every decision and outcome of a window is a line of the log.', 'capture'),
            (41, 'decision_maker', 'allocation.profile', 'allocation.profile', 'choice', '', null,
                null, 'plan evidence fixed', '"plan"', null,
                'What moves the shares of capital: average ROIs (plan); money per budget-day, as far'
                ' as differences are sure, else back to the start (evidence); nothing (fixed).',
                'the allocation'),
            (101, 'decision_maker', 'timeframe_allocation', 'timeframe_allocation', 'averages', '',
                null, null, null, 'null', null,
                'Share of capital and average ROIs per timeframe.', 'the allocation'),
            (102, 'decision_maker', 'global_roi', 'global_roi', 'average', '', null, null, null,
                'null', null, 'Average ROIs of all trades.', 'the allocation'),
            (103, 'dm', 'alloc_overrides', 'alloc_overrides', 'list', '', null, null, null,
                'null', null, 'Allocation multipliers for hot reload.', 'the decision maker')
    ) as s (
        ordinal, module_id, name, path, type, unit, smallest, largest, choices, default_value,
        per, meaning, read_by
    )
$$;
comment on function learning.known_settings() is
    'The registry of settings: one row per setting, or state, of learning_configs.';

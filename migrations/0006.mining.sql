-- Counts per slice and what they rest on, and the lessons. The types are what the search for slices
-- hands on from step to step (docs/mining.md, "From five experiments to counts").
set role quadrant_owner;

create table learning.mining_dirty (
    id bigint generated always as identity primary key,
    pattern_key text not null,
    attempt_id text not null
);
comment on table learning.mining_dirty is
    'Attempts whose experiments changed since the miner last ran: an outbox it empties.';

create table learning.mined_patterns (
    pattern_key text primary key,
    as_of timestamptz not null,
    due_at timestamptz,
    configuration text not null,
    mining bigint not null default 0,
    base_mining bigint not null default 0,
    base_floor integer,
    lookback_days integer,
    n_experiments bigint not null default 0,
    n_new bigint not null default 0
);
comment on table learning.mined_patterns is
    'One row per mined pattern: what its rates were made from, to see when time or settings change them.';
comment on column learning.mined_patterns.as_of is 'The clock of the mining (UTC).';
comment on column learning.mined_patterns.due_at is
    'When the passing of time alone changes the rates next (UTC): an experiment enters or leaves the lookback; null: never.';
comment on column learning.mined_patterns.configuration is
    'The tuning settings and enabled dimensions it was mined with.';
comment on column learning.mined_patterns.mining is 'How often the pattern was mined.';
comment on column learning.mined_patterns.base_mining is
    'The mining of the last rebuild: a slice that had base_floor experiments then is stored.';
comment on column learning.mined_patterns.base_floor is
    'Experiments a slice needed at the last rebuild to be stored; null: it waits to be counted anew.';
comment on column learning.mined_patterns.lookback_days is 'Days of experiments it was mined from.';
comment on column learning.mined_patterns.n_experiments is 'Its rows in mining_contributions.';
comment on column learning.mined_patterns.n_new is
    'Experiments that came, or came to count elsewhere, since the last rebuild.';

create table learning.mining_codes (
    pattern_key text not null,
    name text not null,
    value text not null,
    place integer not null,
    code integer not null,
    item text collate "C" not null,
    constraint a_code_has_one_meaning unique (pattern_key, place, code),
    constraint an_item_has_one_meaning unique (pattern_key, item),
    constraint one_code_per_value primary key (pattern_key, name, value)
);
comment on table learning.mining_codes is
    'The dictionary of a pattern''s slice keys. It only grows, but for a rebuild of everything.';
comment on column learning.mining_codes.value is 'The value as learning.scope_value() writes it.';
comment on column learning.mining_codes.place is
    'The place of the dimension among the conditions of slice_rates.slice_key, from 1.';
comment on column learning.mining_codes.code is
    'The number of the value within its dimension, from 1.';
comment on column learning.mining_codes.item is
    'The condition (name = value) as the character that stands for it in slice_rates.slice_key.';

create table learning.mining_contributions (
    pattern_key text not null,
    attempt_id text not null,
    experiment_id bigint not null,
    decided_at timestamptz not null,
    scope jsonb not null,
    quadrant text not null,
    weight bigint not null,
    has_samples boolean not null,
    roi double precision,
    mining bigint not null,
    samples_digest uuid,
    constraint quadrant_is_known check (quadrant in (
        'acted_success', 'acted_failure', 'skipped_success', 'skipped_failure', 'policy'
    )),
    constraint an_experiment_counts_once primary key (pattern_key, attempt_id, experiment_id)
);
create index mining_contributions_by_age on learning.mining_contributions (pattern_key, decided_at);
create index mining_contributions_by_mining on learning.mining_contributions (pattern_key, mining);
comment on table learning.mining_contributions is
    'One row per experiment that slice_rates counts, as it was when it was counted.';
comment on column learning.mining_contributions.decided_at is
    'When the experiment was decided (UTC): it leaves lookback_days later.';
comment on column learning.mining_contributions.weight is
    'learning.experiment_weight(decided windows of the attempt and pattern): a share of the attempt, in units of 2^-32.';
comment on column learning.mining_contributions.roi is
    'Virtual result after fees, a fraction; null: not known yet.';
comment on column learning.mining_contributions.mining is
    'The mining of the pattern (mined_patterns.mining) that first counted it where it counts now.';
comment on column learning.mining_contributions.samples_digest is
    'The samples it was counted with (pattern_episode_events.samples_digest).';

create table learning.slice_rates (
    pattern_key text not null,
    acted_success integer not null,
    acted_failure integer not null,
    skipped_success integer not null,
    skipped_failure integer not null,
    n_policy integer not null,
    weight bigint not null,
    n_sampled integer not null,
    n_valued integer not null,
    slice_key text collate "C" not null,
    mining bigint not null default 0,
    success_weight bigint not null default 0,
    n integer not null
        generated always as (
            acted_success + acted_failure + skipped_success + skipped_failure
        ) stored,
    constraint one_row_per_slice primary key (pattern_key, slice_key)
) with (fillfactor = 70);
comment on table learning.slice_rates is
    'One row per scope slice of a pattern with at least base_floor experiments at its last rebuild (mined_patterns), with its counts now.';
comment on column learning.slice_rates.n_policy is
    'Policy skips with an outcome: outside the rates and outside n.';
comment on column learning.slice_rates.weight is
    'Sum of learning.experiment_weight(decided windows of the attempt and pattern) over the experiments of n: learning.attempts() makes n_eff of it.';
comment on column learning.slice_rates.n_sampled is
    'Experiments (policy skips too) whose factors carry samples.';
comment on column learning.slice_rates.n_valued is
    'Experiments (policy skips too) that have a virtual result.';
comment on column learning.slice_rates.slice_key is
    'The slice: an item of mining_codes per condition, in the order of their places; empty: the whole pattern.';
comment on column learning.slice_rates.mining is
    'The mining of the pattern (mined_patterns.mining) in which its experiments last changed.';
comment on column learning.slice_rates.success_weight is
    'The part of weight that succeeded: divided by weight it is the success rate of attempts, which tests go by.';

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
comment on type learning.slice_counts is 'A slice and what it counts, as in slice_rates.';

create type learning.slice_part as (
    slice_key text,
    turn integer,
    digits varbit[],
    acted varbit,
    sampled varbit,
    valued varbit,
    weight_digits varbit[],
    class_starts integer[],
    class_lengths integer[]
);
comment on type learning.slice_part is
    'The experiments of a slice in the order of their classes, a bit each in every bit string: the binary digits of the codes of the dimensions whose conditions may follow (those after turn), the experiments with a mark, where each class starts and how long it is.';

create table learning.lessons (
    id bigint generated always as identity primary key,
    module text not null,
    lesson_type text not null,
    pattern_key text not null,
    action_category text not null default 'tuning',
    scope_subset jsonb not null default '{}',
    n bigint not null,
    stats jsonb,
    counted_stamp text not null default '',
    decay_halflife_hours double precision,
    status text not null default 'active',
    run_id bigint references learning.learning_runs on delete set null,
    updated_at timestamptz not null default learning.clock(),
    slice_key text collate "C",
    verdict text,
    copy_of bigint,
    constraint module_is_known check (module in ('pm', 'dm')),
    constraint lesson_type_is_known
        check (lesson_type in ('tuning_rates', 'pm_tuning', 'pm_strength', 'dm_alloc')),
    constraint status_is_known check (status in ('active', 'retired')),
    constraint verdict_is_known check (verdict in ('hold', 'loosen', 'tighten', 'press', 'mixed')),
    constraint one_lesson_per_slice_key unique (pattern_key, slice_key) deferrable,
    constraint scope_is_an_object_of_plain_values
        check (slice_key is not null or learning.is_scope(scope_subset)),
    constraint a_copy_is_of_a_lesson foreign key (copy_of) references learning.lessons
);
create unique index one_lesson_per_slice
    on learning.lessons (lesson_type, pattern_key, action_category, scope_subset)
    where slice_key is null;
comment on table learning.lessons is
    'One row per conclusion; learning.learning_lessons reads them with their stats.';
comment on column learning.lessons.n is 'Experiments behind it, policy skips left out.';
comment on column learning.lessons.stats is
    'What the conclusion rests on; null for an active tuning lesson, whose slice (slice_key) tells it.';
comment on column learning.lessons.counted_stamp is
    'Changes exactly when what the slice counts does: an unchanged slice is not judged again.';
comment on column learning.lessons.decay_halflife_hours is
    'Half-life of the edge in hours; null where none is measurable.';
comment on column learning.lessons.updated_at is
    'When the lesson was last written (UTC, learning.clock()): its own counts, verdict, copy_of or status changed.';
comment on column learning.lessons.slice_key is 'Tuning lessons: the slice in slice_rates.';
comment on column learning.lessons.verdict is
    'Tuning lessons: hold, loosen, tighten, press or mixed, a label for people.';
comment on column learning.lessons.copy_of is
    'The lesson whose slice, a broader one, holds the very same experiments; null: it is no copy.';
reset role;

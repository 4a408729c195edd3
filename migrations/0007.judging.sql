-- Overrides with their history, looks and what came of them, solutions, backtests.
set role quadrant_owner;

-- Which of several overrides for a scope wins stands in one place. A generated column calls it, and
-- its index makes the order a look-up.
create function learning.preference(
    p_pinned boolean, p_depth integer, p_is_manual boolean, p_confidence double precision,
    p_n bigint, p_updated_at timestamptz, p_id bigint
)
returns double precision[]
language sql immutable parallel safe
as $$
    select array[
        p_pinned::integer, p_depth, p_is_manual::integer, p_confidence, p_n,
        extract(epoch from p_updated_at - timestamptz '2000-01-01 00:00:00+00'), -p_id
    ]::double precision[]
$$;
comment on function learning.preference(
    boolean, integer, boolean, double precision, bigint, timestamptz, bigint
) is
    'The order of preference of overrides that hold for one scope, the largest wins: pinned, then most conditions; ties: set by hand, confidence, n, newest, smallest id.';

create table learning.pm_overrides (
    id bigint generated always as identity primary key,
    status text not null default 'active',
    pinned boolean not null default false,
    pattern_key text not null,
    action_category text not null,
    scope_subset jsonb not null default '{}',
    multiplier double precision default 1,
    delta double precision not null default 0,
    dir_a double precision,
    dir_e double precision,
    confidence_score double precision not null default 0,
    edge_raw_roi double precision,
    n bigint not null default 0,
    method text not null default 'manual',
    solution_id text not null default gen_random_uuid()::text,
    lesson_id bigint references learning.lessons on delete set null,
    evidence jsonb not null default '{}',
    last_updated_at timestamptz not null default learning.clock(),
    is_manual boolean not null generated always as (method = 'manual') stored,
    items text[] not null generated always as (learning.scope_items(scope_subset)) stored,
    sig bigint not null
        generated always as (learning.scope_signature(learning.scope_items(scope_subset))) stored,
    depth integer not null
        generated always as (cardinality(learning.scope_items(scope_subset))) stored,
    preference double precision[] not null
        generated always as (learning.preference(
            pinned, cardinality(learning.scope_items(scope_subset)), method = 'manual',
            confidence_score, n, last_updated_at, id
        )) stored,
    constraint status_is_known check (status in ('active', 'proposed')),
    constraint method_is_known
        check (method in ('simulation', 'drift', 'ladder', 'strength', 'manual')),
    constraint pattern_key_is_canonical
        check (pattern_key ~ '^(pm|dm)\.[a-z][a-z0-9_]*(\.[A-Za-z0-9_]+)+$'),
    constraint scope_is_an_object_of_plain_values check (learning.is_scope(scope_subset)),
    constraint category_can_be_overridden check (action_category in (
        'tuning_ts_min', 'tuning_halo', 'tuning_slope_min', 'tuning_dx_min', 'tuning_dx_atr_mult',
        'pm_strength', 'dm_alloc'
    ) or action_category ~ '^tuning_[a-z0-9_]+$'),
    constraint legacy_knobs_have_no_overrides check (action_category not in (
        'tuning_entry_delay_bars', 'tuning_phase1_frac_mult', 'tuning_trim_delay_mult',
        'tuning_trail_mult', 'tuning_panic_trigger', 'tuning_wait_n_after_trim'
    )),
    constraint multiplier_is_positive check (multiplier > 0 and learning.is_finite(multiplier)),
    constraint only_strength_has_no_multiplier
        check (multiplier is not null or action_category = 'pm_strength'),
    constraint numbers_are_finite check (
        learning.is_finite(delta) and learning.is_finite(edge_raw_roi)
        and learning.is_finite(dir_a) and learning.is_finite(dir_e)
    ),
    constraint confidence_is_between_0_and_1 check (confidence_score between 0 and 1),
    constraint multiplier_is_between_a_hundredth_and_a_hundred
        check (round(multiplier::numeric, 9) between 0.01 and 100),
    constraint delta_is_within_reach check (abs(delta) <= double precision '1e9')
);
create unique index one_override_per_lever_and_slice
    on learning.pm_overrides (pattern_key, action_category, scope_subset, is_manual);
create index pm_overrides_in_order_of_preference
    on learning.pm_overrides (pattern_key, action_category, preference desc)
    include (sig, items, id) where status = 'active';
comment on table learning.pm_overrides is
    'One row per decision about a lever in a scope: in force (active) or only shown (proposed).';
comment on column learning.pm_overrides.multiplier is
    'Multiplies the gate''s base; null for pm_strength.';
comment on column learning.pm_overrides.delta is 'Added to base x multiplier, in the gate''s unit.';
comment on column learning.pm_overrides.dir_a is 'Direction for A, -1..1 (pm_strength).';
comment on column learning.pm_overrides.dir_e is 'Direction for E, -1..1 (pm_strength).';
comment on column learning.pm_overrides.edge_raw_roi is
    'ROI edge over the global mean, a fraction.';
comment on column learning.pm_overrides.n is 'Experiments behind it.';
comment on column learning.pm_overrides.solution_id is 'Levers that were found together share it.';
comment on column learning.pm_overrides.last_updated_at is
    'When its content last changed (UTC, learning.clock()).';
comment on column learning.pm_overrides.sig is
    '64-bit signature of items: a cheap first test of containment.';
comment on column learning.pm_overrides.preference is
    'Of the overrides of a lever that hold for a scope the one with the largest is in force (learning.preference).';

create table learning.pm_overrides_history (
    id bigint generated always as identity primary key,
    override_id bigint not null,
    change text not null,
    old_row jsonb,
    new_row jsonb,
    run_id bigint,
    actor text not null,
    changed_at timestamptz not null,
    constraint change_is_known check (change in ('INSERT', 'UPDATE', 'DELETE'))
);
create index pm_overrides_history_by_override
    on learning.pm_overrides_history (override_id, id);
comment on table learning.pm_overrides_history is
    'One row per change of an override, written by trigger.';
comment on column learning.pm_overrides_history.run_id is
    'The run that changed it (setting quadrant.run_id); null for a person.';
comment on column learning.pm_overrides_history.actor is
    'The person who decided (setting quadrant.person), else the database''s user.';
comment on column learning.pm_overrides_history.changed_at is 'UTC, by learning.clock().';

create table learning.looks (
    id bigint generated always as identity primary key,
    run_id bigint not null references learning.learning_runs on delete cascade,
    pattern_key text not null,
    profile text not null,
    look_day date not null,
    n_levers integer[] not null default '{}',
    move double precision[] not null default '{}',
    status text not null default 'open',
    slices integer not null default 0,
    n_windows integer not null default 0,
    n_days integer not null default 0,
    candidates integer not null default 0,
    qualified integer not null default 0,
    created integer not null default 0,
    dropped integer not null default 0,
    looked_at timestamptz not null default learning.clock(),
    constraint profile_is_known check (profile in ('evidence', 'plan')),
    constraint status_is_known check (status in ('open', 'decided', 'failed', 'superseded')),
    constraint a_pattern_is_looked_at_once_per_run unique (run_id, pattern_key)
);
create index looks_by_pattern on learning.looks (pattern_key, id desc);
comment on table learning.looks is
    'One row per pattern judged in a run: what was tried and what came of it.';
comment on column learning.looks.look_day is
    'UTC day: windows that opened before it are judged, whole days only.';
comment on column learning.looks.n_levers is
    'Levers each policy moves: from 0, the base gates, in the order of learning.policies().';
comment on column learning.looks.move is
    'How far each policy moves: sum of |step| / largest step of the gate, from 0.';
comment on column learning.looks.n_windows is 'Mature windows the pattern was judged on.';
comment on column learning.looks.candidates is
    'Comparisons made: slices x candidates that changed a window.';
comment on column learning.looks.qualified is 'Slices that passed the tests.';
comment on column learning.looks.created is 'Solutions that came into force.';
comment on column learning.looks.dropped is 'Solutions that went out of force.';
comment on column learning.looks.looked_at is 'UTC, by learning.clock().';

-- Solutions and overrides are numbered together, so that an id a person types is one thing.
create table learning.solutions (
    id bigint primary key default nextval('learning.pm_overrides_id_seq'),
    pattern_key text not null,
    scope_subset jsonb not null,
    lesson_id bigint references learning.lessons on delete set null,
    steps jsonb not null,
    status text not null,
    reason text not null default '',
    confidence double precision not null,
    n bigint not null,
    look_id bigint references learning.looks on delete set null,
    written_at timestamptz not null default learning.clock(),
    record_since date not null,
    record jsonb not null default '{}',
    changed_at timestamptz not null default learning.clock(),
    changed_by text not null default 'judge',
    items text[] not null generated always as (learning.scope_items(scope_subset)) stored,
    depth integer not null
        generated always as (cardinality(learning.scope_items(scope_subset))) stored,
    pinned boolean not null default false,
    approved_by text,
    constraint status_is_known
        check (status in ('active', 'proposed', 'suspended', 'dismissed', 'ended')),
    constraint steps_are_an_object check (jsonb_typeof(steps) = 'object'),
    constraint confidence_is_between_0_and_1 check (confidence between 0 and 1),
    constraint what_is_pinned_is_in_force check (not pinned or status = 'active')
);
create unique index a_slice_has_one_live_solution
    on learning.solutions (pattern_key, scope_subset)
    where status in ('active', 'proposed', 'suspended');
create index solutions_dismissed
    on learning.solutions (pattern_key, scope_subset) where status = 'dismissed';
comment on table learning.solutions is
    'One row per change of gates in a scope that was ever written: in force, proposed, or past.';
comment on column learning.solutions.steps is
    'Every lever of the grid: {gate: step around base}; 0 leaves it at base.';
comment on column learning.solutions.confidence is
    'Orders solutions of equal depth that overlap: z / (1 + z) when it was written, below that of older ones it overlaps.';
comment on column learning.solutions.n is 'Windows of the slice when it was written.';
comment on column learning.solutions.written_at is 'UTC, by learning.clock().';
comment on column learning.solutions.record_since is
    'First UTC day of its own track record: nothing before it had a part in choosing it.';
comment on column learning.solutions.record is
    'What it did since record_since: {changed, days, value, for, against, money_z}; value is a sum of ROI, for and against are odds.';
comment on column learning.solutions.changed_at is
    'When its status last changed (UTC, learning.clock()).';
comment on column learning.solutions.changed_by is 'judge, or the person who decided.';
comment on column learning.solutions.pinned is
    'A person wants it in force whatever the judge finds; it outranks everything.';
comment on column learning.solutions.approved_by is
    'The person who put it in force: it stays while it would at least be proposed.';

create table learning.simulation_requests (
    id bigint generated always as identity primary key,
    run_id bigint not null references learning.learning_runs on delete cascade,
    look_id bigint not null references learning.looks on delete cascade,
    lesson_id bigint not null references learning.lessons on delete cascade,
    reference jsonb not null default '[]',
    exclusions jsonb not null default '[]',
    status text not null default 'waiting',
    attempts integer not null default 0,
    leased_by text,
    leased_until timestamptz,
    error text,
    created_at timestamptz not null default clock_timestamp(),
    finished_at timestamptz,
    constraint status_is_known check (status in ('waiting', 'leased', 'done', 'failed')),
    constraint a_lease_has_a_holder_and_an_end
        check ((status = 'leased') = (leased_by is not null and leased_until is not null))
);
create unique index a_comparison_is_asked_for_once_per_look
    on learning.simulation_requests
    (look_id, lesson_id, md5(reference::text || exclusions::text));
create index simulation_requests_by_run on learning.simulation_requests (run_id);
create index simulation_requests_open
    on learning.simulation_requests (id) where status in ('waiting', 'leased');
comment on table learning.simulation_requests is
    'One row per comparison the Python worker must make for a look.';
comment on column learning.simulation_requests.reference is
    'What governs the slice''s windows without it, most specific first: [{"scope": {...}, "candidate": 5}]; base where none matches.';
comment on column learning.simulation_requests.exclusions is
    'Scopes whose windows are left out: they are governed by something else whatever this slice gets.';
comment on column learning.simulation_requests.leased_until is
    'The server''s own clock (UTC): after it the request returns to the queue.';
comment on column learning.simulation_requests.created_at is 'The server''s own clock (UTC).';
comment on column learning.simulation_requests.finished_at is 'The server''s own clock (UTC).';

create table learning.gate_simulations (
    id bigint generated always as identity primary key,
    look_id bigint not null references learning.looks on delete cascade,
    lesson_id bigint not null references learning.lessons on delete cascade,
    reference jsonb not null,
    exclusions jsonb not null,
    n_windows integer not null,
    n_days integer not null,
    by_outcome boolean not null,
    dodge_rate double precision,
    evidence double precision not null,
    changed integer[] not null,
    misses_caught integer[] not null,
    failures_added integer[] not null,
    failures_avoided integer[] not null,
    wins_lost integer[] not null,
    benefit double precision[] not null,
    cost double precision[] not null,
    z double precision[] not null,
    money_z double precision[] not null,
    record jsonb,
    simulated_at timestamptz not null default learning.clock(),
    sides jsonb not null default '{}'
);
create unique index one_comparison_of_a_kind
    on learning.gate_simulations (look_id, lesson_id, md5(reference::text || exclusions::text));
comment on table learning.gate_simulations is
    'One row per comparison of a slice''s grid with what governs its windows. Arrays run from 0, the base gates, in the order of learning.gate_grid().';
comment on column learning.gate_simulations.by_outcome is
    'The windows have no results: outcomes count, money is unknown.';
comment on column learning.gate_simulations.dodge_rate is
    'Losers among the windows base refuses, 0..1; null when it refuses none.';
comment on column learning.gate_simulations.evidence is
    'E: wealth of the search, averaged over candidates and quarterly starts.';
comment on column learning.gate_simulations.changed is
    'Windows that buy otherwise, or at another bar.';
comment on column learning.gate_simulations.benefit is
    'Sum of the differences in ROI that are gains, a fraction (0.05 = 5 %).';
comment on column learning.gate_simulations.cost is
    'Sum of the differences in ROI that are losses, a fraction.';
comment on column learning.gate_simulations.z is 'Of the day sums of the differences in score.';
comment on column learning.gate_simulations.money_z is
    'Of the day sums of the differences in ROI; null where money is unknown.';
comment on column learning.gate_simulations.record is
    'The track record of the slice''s live solution, as in learning.solutions.';
comment on column learning.gate_simulations.simulated_at is 'UTC, by learning.clock().';
comment on column learning.gate_simulations.sides is
    'What changes sides under the candidates people will ask about: {candidate: {"windows": ids, "kinds": 1 admitted, -1 refused, 0 another bar, "values": difference in ROI}}.';

create table learning.look_slices (
    look_id bigint not null references learning.looks on delete cascade,
    lesson_id bigint not null references learning.lessons on delete cascade,
    scope_subset jsonb not null,
    depth integer not null,
    place integer,
    in_force integer,
    held integer,
    is_banned boolean not null default false,
    simulation_id bigint references learning.gate_simulations on delete set null,
    candidate integer,
    verdict text not null default 'open',
    reason text not null default '',
    upheld text,
    barred integer[] not null default '{}',
    primary key (look_id, lesson_id),
    constraint verdict_is_known
        check (verdict in ('open', 'active', 'proposed', 'suspended', 'none', 'failed')),
    constraint upheld_is_known check (upheld in ('pinned', 'approved'))
);
create index look_slices_by_lesson on learning.look_slices (lesson_id);
comment on table learning.look_slices is
    'One row per slice a look judges: the comparison it goes by and what came of it.';
comment on column learning.look_slices.place is
    'Order of judging: broad before narrow, in force before new, then the strongest first.';
comment on column learning.look_slices.in_force is
    'The candidate in force when the look began (0 = base gates); null for none.';
comment on column learning.look_slices.held is
    'The candidate that is suspended here: it comes back by its record, not by being found again.';
comment on column learning.look_slices.is_banned is
    'Its effect is that of narrower slices: without their windows it did not stand.';
comment on column learning.look_slices.candidate is
    'The candidate that is in force (0 = base gates) or, verdict proposed, would be; null for none.';
comment on column learning.look_slices.upheld is
    'A person pinned or approved what is in force here.';
comment on column learning.look_slices.barred is 'Candidates a person dismissed here.';

create table learning.evidence_path (
    solution_id bigint not null references learning.solutions on delete cascade,
    look_id bigint not null references learning.looks on delete cascade,
    look_day date not null,
    status text not null,
    n_windows integer not null,
    changed integer not null,
    evidence double precision not null,
    z double precision not null,
    money_z double precision,
    value double precision,
    record jsonb not null default '{}',
    primary key (solution_id, look_id)
);
comment on table learning.evidence_path is
    'One row per solution and look: its evidence as it was then.';
comment on column learning.evidence_path.evidence is 'E of the comparison.';
comment on column learning.evidence_path.z is 'Of the day sums of the differences in score.';
comment on column learning.evidence_path.money_z is
    'Of the day sums of the differences in ROI; null where money is unknown.';
comment on column learning.evidence_path.value is
    'Sum of the differences in ROI, a fraction; null where money is unknown.';

create table learning.backtests (
    id bigint generated always as identity primary key,
    made_at timestamptz not null default learning.clock(),
    market text not null,
    verdict text not null,
    result jsonb not null,
    constraint result_is_an_object check (jsonb_typeof(result) = 'object')
);
comment on table learning.backtests is
    'One row per walk-forward of `quadrant backtest`, for the report.';
comment on column learning.backtests.made_at is 'UTC, by learning.clock().';
comment on column learning.backtests.market is 'The folder of bars.';
comment on column learning.backtests.verdict is 'What came of it, in a sentence.';
comment on column learning.backtests.result is
    'What --json prints: arms and folds with their figures, looks, histories of noise.';
reset role;

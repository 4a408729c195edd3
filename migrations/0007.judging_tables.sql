set role quadrant_owner;

create table learning.simulation_requests (
    id bigint generated always as identity primary key,
    run_id bigint not null references learning.learning_runs on delete cascade,
    lesson_id bigint not null references learning.learning_lessons on delete cascade,
    kind text not null default 'own',
    exclusions jsonb not null default '[]',
    evidence_stamp text not null default '',
    as_of timestamptz not null,
    status text not null default 'waiting',
    attempts integer not null default 0,
    leased_by text,
    leased_until timestamptz,
    error text,
    created_at timestamptz not null default clock_timestamp(),
    finished_at timestamptz,
    constraint a_lesson_is_asked_once_per_run unique (run_id, lesson_id, kind),
    constraint kind_is_known check (kind in ('own', 'governed')),
    constraint status_is_known check (status in ('waiting', 'leased', 'done', 'failed')),
    constraint a_lease_has_a_holder_and_an_end
        check ((status = 'leased') = (leased_by is not null and leased_until is not null))
);
create index simulation_requests_open
    on learning.simulation_requests (id) where status in ('waiting', 'leased');
comment on table learning.simulation_requests is 'One row per lesson the Python worker must simulate for a run.';
comment on column learning.simulation_requests.kind is 'own: all of the slice''s events; governed: those of no accepted slice below it.';
comment on column learning.simulation_requests.exclusions is 'Array of the accepted more specific scopes whose events are left out (governed only).';
comment on column learning.simulation_requests.as_of is 'The run''s learning.clock() (UTC): the lookback ends here.';
comment on column learning.simulation_requests.leased_until is 'The server''s own clock (UTC): after it the request returns to the queue.';
comment on column learning.simulation_requests.created_at is 'The server''s own clock (UTC).';
comment on column learning.simulation_requests.finished_at is 'The server''s own clock (UTC).';

create table learning.gate_simulations (
    id bigint generated always as identity primary key,
    lesson_id bigint not null references learning.learning_lessons on delete cascade,
    kind text not null default 'own',
    exclusions jsonb not null default '[]',
    evidence_stamp text not null,
    run_id bigint references learning.learning_runs on delete set null,
    value_mode text not null,
    n_events integer not null,
    n_days integer not null,
    dodge_rate double precision,
    tested integer not null,
    skipped integer not null,
    draws integer not null,
    misses_caught integer[] not null,
    failures_added integer[] not null,
    failures_avoided integer[] not null,
    wins_lost integer[] not null,
    benefit double precision[] not null,
    cost double precision[] not null,
    z double precision[] not null,
    p double precision[] not null,
    qualifies boolean[] not null,
    candidate integer,
    steps jsonb,
    chosen_p double precision not null default 1,
    chosen_z double precision,
    chosen_ratio double precision,
    q double precision,
    reason text not null default '',
    simulated_at timestamptz not null default learning.clock(),
    constraint one_grid_per_lesson_and_kind unique (lesson_id, kind),
    constraint kind_is_known check (kind in ('own', 'governed')),
    constraint value_mode_is_known check (value_mode in ('value', 'count')),
    constraint p_is_a_probability check (chosen_p between 0 and 1),
    constraint q_is_a_probability check (q between 0 and 1)
);
comment on table learning.gate_simulations is 'One row per grid tried for a lesson: the chosen candidate and the whole grid''s counts, in the order of learning.gate_grid().';
comment on column learning.gate_simulations.dodge_rate is 'Losers among the events base refuses, 0..1; null when base refuses none.';
comment on column learning.gate_simulations.tested is 'Candidates evaluated.';
comment on column learning.gate_simulations.skipped is 'Candidates pruned: they admit exactly what a smaller move admits.';
comment on column learning.gate_simulations.draws is 'Sign-flip draws behind p.';
comment on column learning.gate_simulations.benefit is 'Sum of |v| over misses caught and failures avoided, per candidate.';
comment on column learning.gate_simulations.cost is 'Sum of |v| over failures added and wins lost, per candidate.';
comment on column learning.gate_simulations.z is 'Day-wise z of the test that binds the candidate; -infinity is stored as null.';
comment on column learning.gate_simulations.p is 'Max-T p of the tests the candidate needs; 1 where flips fall on too few days.';
comment on column learning.gate_simulations.candidate is 'Index (1..) of the chosen candidate in the grid; null when none qualifies.';
comment on column learning.gate_simulations.steps is 'The chosen candidate: {gate: step}.';
comment on column learning.gate_simulations.chosen_ratio is 'benefit / cost of the chosen candidate; null when cost is 0 (infinite).';
comment on column learning.gate_simulations.q is 'Weighted Benjamini-Hochberg q across the closed slices of the pattern.';
comment on column learning.gate_simulations.reason is 'Why nothing was chosen, in words; empty otherwise.';
comment on column learning.gate_simulations.simulated_at is 'UTC, by learning.clock().';

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
    lesson_id bigint references learning.learning_lessons on delete set null,
    evidence jsonb not null default '{}',
    last_updated_at timestamptz not null default learning.clock(),
    is_manual boolean not null generated always as (method = 'manual') stored,
    items text[] not null generated always as (learning.scope_items(scope_subset)) stored,
    sig bigint not null generated always as
        (learning.scope_signature(learning.scope_items(scope_subset))) stored,
    depth integer not null generated always as
        (cardinality(learning.scope_items(scope_subset))) stored,
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
    constraint confidence_is_between_0_and_1 check (confidence_score between 0 and 1)
);
create unique index one_override_per_lever_and_slice
    on learning.pm_overrides (pattern_key, action_category, scope_subset, is_manual);
create index pm_overrides_in_order_of_preference
    on learning.pm_overrides (
        pattern_key, action_category, pinned desc, depth desc, is_manual desc,
        confidence_score desc, n desc, last_updated_at desc, id
    )
    include (sig, items) where status = 'active';
comment on table learning.pm_overrides is 'One row per decision about a lever in a scope: in force (active) or only shown (proposed).';
comment on column learning.pm_overrides.multiplier is 'Multiplies the gate''s base; null for pm_strength.';
comment on column learning.pm_overrides.delta is 'Added to base x multiplier, in the gate''s unit.';
comment on column learning.pm_overrides.dir_a is 'Direction for A, -1..1 (pm_strength).';
comment on column learning.pm_overrides.dir_e is 'Direction for E, -1..1 (pm_strength).';
comment on column learning.pm_overrides.edge_raw_roi is 'ROI edge over the global mean, a fraction.';
comment on column learning.pm_overrides.n is 'Experiments behind it.';
comment on column learning.pm_overrides.solution_id is 'Levers that were found together share it.';
comment on column learning.pm_overrides.last_updated_at is 'When its content last changed (UTC, learning.clock()).';
comment on column learning.pm_overrides.sig is '64-bit signature of items: a cheap first test of containment.';

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
comment on table learning.pm_overrides_history is 'One row per change of an override, written by trigger.';
comment on column learning.pm_overrides_history.run_id is 'The run that changed it (setting quadrant.run_id); null for a person.';
comment on column learning.pm_overrides_history.changed_at is 'UTC, by learning.clock().';

create function learning.keep_override_history() returns trigger
language plpgsql volatile security definer
set search_path = ''
as $$
begin
    insert into learning.pm_overrides_history (
        override_id, change, old_row, new_row, run_id, actor, changed_at
    )
    values (
        case when tg_op = 'DELETE' then old.id else new.id end,
        tg_op,
        case when tg_op <> 'INSERT' then to_jsonb(old) end,
        case when tg_op <> 'DELETE' then to_jsonb(new) end,
        nullif(pg_catalog.current_setting('quadrant.run_id', true), '')::bigint,
        session_user,
        learning.clock()
    );
    perform pg_catalog.pg_notify('pm_overrides', '');
    return null;
end
$$;
comment on function learning.keep_override_history() is 'Trigger: keeps every change of an override and announces it on pm_overrides.';
create trigger keep_override_history
    after insert or update or delete on learning.pm_overrides
    for each row execute function learning.keep_override_history();
reset role;

set role quadrant_owner;
drop table learning.evidence_path, learning.look_slices, learning.gate_simulations,
    learning.simulation_requests, learning.solutions, learning.looks cascade;

-- Empty, as they were: what they held is worked out anew by the next judging.
create table learning.simulation_requests (
    id bigint generated always as identity primary key,
    run_id bigint not null references learning.learning_runs on delete cascade,
    lesson_id bigint not null references learning.lessons on delete cascade,
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
    lesson_id bigint not null references learning.lessons on delete cascade,
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

alter table learning.gate_simulations
    add column verdict text not null default 'none',
    add column governed_by bigint references learning.lessons on delete set null,
    add constraint verdict_is_known
        check (verdict in ('none', 'proposed', 'accepted', 'kept', 'pinned'));
comment on column learning.gate_simulations.verdict is
    'What the last run made of the slice: none, proposed (qualifies, lacks evidence), accepted (passes; what it governs is still to be judged), kept (in force), pinned (neutral: the solution governing it loses here).';
comment on column learning.gate_simulations.governed_by is
    'The lesson whose solution would govern a pinned slice.';
reset role;

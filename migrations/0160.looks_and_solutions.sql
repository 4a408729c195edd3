set role quadrant_owner;

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
comment on column learning.looks.candidates is 'Comparisons made: slices x candidates that changed a window.';
comment on column learning.looks.qualified is 'Slices that passed the tests.';
comment on column learning.looks.created is 'Solutions that came into force.';
comment on column learning.looks.dropped is 'Solutions that went out of force.';
comment on column learning.looks.looked_at is 'UTC, by learning.clock().';

create table learning.solutions (
    id bigint generated always as identity primary key,
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
    depth integer not null generated always as
        (cardinality(learning.scope_items(scope_subset))) stored,
    constraint status_is_known
        check (status in ('active', 'proposed', 'suspended', 'dismissed', 'ended')),
    constraint steps_are_an_object check (jsonb_typeof(steps) = 'object'),
    constraint confidence_is_between_0_and_1 check (confidence between 0 and 1)
);
create unique index a_slice_has_one_live_solution
    on learning.solutions (pattern_key, scope_subset)
    where status in ('active', 'proposed', 'suspended');
comment on table learning.solutions is
    'One row per change of gates in a scope that was ever written: in force, proposed, or past.';
comment on column learning.solutions.steps is 'Every lever of the grid: {gate: step around base}; 0 leaves it at base.';
comment on column learning.solutions.confidence is
    'Orders solutions of equal depth that overlap: z / (1 + z) when it was written, below that of older ones it overlaps.';
comment on column learning.solutions.n is 'Windows of the slice when it was written.';
comment on column learning.solutions.written_at is 'UTC, by learning.clock().';
comment on column learning.solutions.record_since is
    'First UTC day of its own track record: nothing before it had a part in choosing it.';
comment on column learning.solutions.record is
    'What it did since record_since: {changed, days, value, for, against, money_z}; value is a sum of ROI, for and against are odds.';
comment on column learning.solutions.changed_at is 'When its status last changed (UTC, learning.clock()).';

-- Solutions in force before there was this table: they stay until a look decides on them.
insert into learning.solutions (
    pattern_key, scope_subset, lesson_id, steps, status, confidence, n, written_at, record_since
)
select o.pattern_key, o.scope_subset, max(o.lesson_id),
    jsonb_object_agg(g.gate, round((case g.adjust
        when 'multiplier' then g.base * (o.multiplier - 1) else o.delta
    end)::numeric, 9)),
    min(o.status), max(o.confidence_score), max(o.n), min(o.last_updated_at),
    (max(o.last_updated_at) at time zone 'utc')::date + 1
from learning.pm_overrides as o
join learning.gates as g
    on g.pattern_key = o.pattern_key and g.action_category = o.action_category
where o.method = 'simulation' and o.status = 'active'
group by o.pattern_key, o.scope_subset;

drop table learning.simulation_requests;
drop view if exists analyst.simulations;
drop table learning.gate_simulations cascade;

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
create index simulation_requests_open
    on learning.simulation_requests (id) where status in ('waiting', 'leased');
create index simulation_requests_by_run on learning.simulation_requests (run_id);
comment on table learning.simulation_requests is
    'One row per comparison the Python worker must make for a look.';
comment on column learning.simulation_requests.reference is
    'What governs the slice''s windows without it, most specific first: [{"scope": {...}, "candidate": 5}]; base where none matches.';
comment on column learning.simulation_requests.exclusions is
    'Scopes whose windows are left out: they are governed by something else whatever this slice gets.';
comment on column learning.simulation_requests.leased_until is 'The server''s own clock (UTC): after it the request returns to the queue.';
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
    simulated_at timestamptz not null default learning.clock()
);
create unique index one_comparison_of_a_kind
    on learning.gate_simulations (look_id, lesson_id, md5(reference::text || exclusions::text));
comment on table learning.gate_simulations is
    'One row per comparison of a slice''s grid with what governs its windows. Arrays run from 0, the base gates, in the order of learning.gate_grid().';
comment on column learning.gate_simulations.by_outcome is 'The windows have no results: outcomes count, money is unknown.';
comment on column learning.gate_simulations.dodge_rate is 'Losers among the windows base refuses, 0..1; null when it refuses none.';
comment on column learning.gate_simulations.evidence is 'E: wealth of the search, averaged over candidates and quarterly starts.';
comment on column learning.gate_simulations.changed is 'Windows that buy otherwise, or at another bar.';
comment on column learning.gate_simulations.benefit is 'Sum of the differences in ROI that are gains, a fraction (0.05 = 5 %).';
comment on column learning.gate_simulations.cost is 'Sum of the differences in ROI that are losses, a fraction.';
comment on column learning.gate_simulations.z is 'Of the day sums of the differences in score.';
comment on column learning.gate_simulations.money_z is 'Of the day sums of the differences in ROI; null where money is unknown.';
comment on column learning.gate_simulations.record is 'The track record of the slice''s live solution, as in learning.solutions.';
comment on column learning.gate_simulations.simulated_at is 'UTC, by learning.clock().';

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
    primary key (look_id, lesson_id),
    constraint verdict_is_known
        check (verdict in ('open', 'active', 'proposed', 'suspended', 'none', 'failed'))
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
comment on column learning.evidence_path.money_z is 'Of the day sums of the differences in ROI; null where money is unknown.';
comment on column learning.evidence_path.value is 'Sum of the differences in ROI, a fraction; null where money is unknown.';
-- Settings of the tests before.
update learning.learning_configs as c
set config_data = jsonb_set(
    c.config_data #- '{tuning,value_mode}' #- '{tuning,evidence_q}' #- '{tuning,draws}'
        #- '{tuning,max_draws}',
    '{patterns}',
    coalesce((
        select jsonb_object_agg(p.key, case jsonb_typeof(p.value)
            when 'object' then p.value - array['value_mode', 'evidence_q', 'draws', 'max_draws']
            else p.value end)
        from jsonb_each(c.config_data -> 'patterns') as p
    ), '{}')
)
where c.module_id = 'pm' and jsonb_typeof(c.config_data -> 'patterns') = 'object';
reset role;

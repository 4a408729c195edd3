set role quadrant_owner;

create table learning.mining_dirty (
    id bigint generated always as identity primary key,
    pattern_key text not null,
    attempt_id text not null
);
comment on table learning.mining_dirty is 'Attempts whose experiments changed since the miner last ran: an outbox it empties.';

create table learning.slice_rates (
    pattern_key text not null,
    scope_subset jsonb not null,
    depth integer not null,
    acted_success bigint not null,
    acted_failure bigint not null,
    skipped_success bigint not null,
    skipped_failure bigint not null,
    n_policy bigint not null,
    weight bigint not null,
    n_sampled bigint not null,
    n_valued bigint not null,
    roi_nanos bigint not null,
    n bigint not null generated always as
        (acted_success + acted_failure + skipped_success + skipped_failure) stored,
    constraint one_row_per_slice primary key (pattern_key, scope_subset),
    constraint scope_is_an_object_of_plain_values check (learning.is_scope(scope_subset))
);
comment on table learning.slice_rates is 'One row per mined scope slice of a pattern, with its counts.';
comment on column learning.slice_rates.depth is 'Dimensions the slice fixes; 0 is the whole pattern.';
comment on column learning.slice_rates.n_policy is 'Policy skips with an outcome: outside the rates and outside n.';
comment on column learning.slice_rates.weight is 'Sum of round(2^32 / finalised windows of the attempt and pattern) over the events of n: divided by 2^32 it is n_eff.';
comment on column learning.slice_rates.n_sampled is 'Events (policy skips too) whose factors carry samples.';
comment on column learning.slice_rates.n_valued is 'Events (policy skips too) that have a virtual result.';
comment on column learning.slice_rates.roi_nanos is 'Sum of virtual ROIs in billionths: an exact stamp of the evidence''s value.';

create table learning.learning_lessons (
    id bigint generated always as identity primary key,
    module text not null,
    lesson_type text not null,
    pattern_key text not null,
    action_category text not null default 'tuning',
    scope_subset jsonb not null default '{}',
    n bigint not null,
    stats jsonb not null default '{}',
    evidence_stamp text not null default '',
    decay_halflife_hours double precision,
    latent_factor_id text,
    status text not null default 'active',
    run_id bigint references learning.learning_runs on delete set null,
    updated_at timestamptz not null default learning.clock(),
    constraint one_lesson_per_slice
        unique (lesson_type, pattern_key, action_category, scope_subset),
    constraint module_is_known check (module in ('pm', 'dm')),
    constraint lesson_type_is_known
        check (lesson_type in ('tuning_rates', 'pm_tuning', 'pm_strength', 'dm_alloc')),
    constraint status_is_known check (status in ('active', 'retired')),
    constraint scope_is_an_object_of_plain_values check (learning.is_scope(scope_subset))
);
create index learning_lessons_active
    on learning.learning_lessons (lesson_type, pattern_key) where status = 'active';
comment on table learning.learning_lessons is 'One row per conclusion, with its evidence.';
comment on column learning.learning_lessons.n is 'Experiments behind it, policy skips left out.';
comment on column learning.learning_lessons.evidence_stamp is 'Changes exactly when the slice''s evidence does: an unchanged slice is not judged again.';
comment on column learning.learning_lessons.decay_halflife_hours is 'Half-life of the edge in hours; null where none is measurable.';
comment on column learning.learning_lessons.latent_factor_id is 'Shared by slices of identical counts along a parent-child line: names the broadest of them.';
comment on column learning.learning_lessons.updated_at is 'When its content last changed (UTC, learning.clock()).';

-- One outbox for every way an experiment can change what is mined.
create function learning.mark_inserted_experiments() returns trigger
language plpgsql volatile security definer
set search_path = ''
as $$
begin
    insert into learning.mining_dirty (pattern_key, attempt_id)
    select distinct n.pattern_key, n.attempt_id from new_rows as n where n.decision is not null;
    return null;
end
$$;
comment on function learning.mark_inserted_experiments() is 'Trigger: puts the attempts of new decided windows into mining_dirty.';
create function learning.mark_updated_experiments() returns trigger
language plpgsql volatile security definer
set search_path = ''
as $$
begin
    insert into learning.mining_dirty (pattern_key, attempt_id)
    select n.pattern_key, n.attempt_id from new_rows as n where n.decision is not null
    union
    select o.pattern_key, o.attempt_id from old_rows as o where o.decision is not null;
    return null;
end
$$;
comment on function learning.mark_updated_experiments() is 'Trigger: puts the attempts of changed decided windows into mining_dirty.';
create function learning.mark_deleted_experiments() returns trigger
language plpgsql volatile security definer
set search_path = ''
as $$
begin
    insert into learning.mining_dirty (pattern_key, attempt_id)
    select distinct o.pattern_key, o.attempt_id from old_rows as o where o.decision is not null;
    return null;
end
$$;
comment on function learning.mark_deleted_experiments() is 'Trigger: puts the attempts of removed windows into mining_dirty.';
create trigger mark_inserted_experiments
    after insert on learning.pattern_episode_events
    referencing new table as new_rows
    for each statement execute function learning.mark_inserted_experiments();
create trigger mark_updated_experiments
    after update on learning.pattern_episode_events
    referencing old table as old_rows new table as new_rows
    for each statement execute function learning.mark_updated_experiments();
create trigger mark_deleted_experiments
    after delete on learning.pattern_episode_events
    referencing old table as old_rows
    for each statement execute function learning.mark_deleted_experiments();
reset role;

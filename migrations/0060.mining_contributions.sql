set role quadrant_owner;

create table learning.mining_contributions (
    pattern_key text not null,
    attempt_id text not null,
    event_id bigint not null,
    decided_at timestamptz not null,
    scope jsonb not null,
    quadrant text not null,
    weight bigint not null,
    has_samples boolean not null,
    roi double precision,
    mining bigint not null,
    constraint an_experiment_counts_once primary key (pattern_key, attempt_id, event_id),
    constraint quadrant_is_known check (quadrant in (
        'acted_success', 'acted_failure', 'skipped_success', 'skipped_failure', 'policy'
    ))
);
create index mining_contributions_by_age on learning.mining_contributions (pattern_key, decided_at);
comment on table learning.mining_contributions is
    'One row per experiment that slice_rates counts, as it was when it was counted.';
comment on column learning.mining_contributions.decided_at is
    'When the experiment was decided (UTC): it leaves lookback_days later.';
comment on column learning.mining_contributions.weight is
    'round(2^32 / finalised windows of the attempt and pattern).';
comment on column learning.mining_contributions.roi is
    'Virtual result after fees, a fraction; null: not known yet.';
comment on column learning.mining_contributions.mining is
    'The mining of the pattern (mined_patterns.mining) that first counted it where it counts now.';

create table learning.mining_codes (
    pattern_key text not null,
    name text not null,
    value jsonb not null,
    place integer not null,
    code integer not null,
    constraint one_code_per_value primary key (pattern_key, name, value),
    constraint a_code_has_one_meaning unique (pattern_key, place, code)
);
comment on table learning.mining_codes is
    'The dictionary of a pattern''s slice keys: they only grow, so that a key keeps its meaning.';
comment on column learning.mining_codes.place is
    'The position of the dimension in slice_rates.slice_key, from 1.';
comment on column learning.mining_codes.code is
    'The value there: the character 48 + code; 0 is "any".';

-- What is derived is counted anew: the old counts have neither contributions nor keys.
truncate learning.slice_rates;
alter table learning.slice_rates
    drop constraint one_row_per_slice,
    drop column roi_nanos,
    add column slice_key text collate "C" not null,
    add column evidence bigint not null default 0,
    add constraint one_row_per_slice primary key (pattern_key, slice_key);
alter table learning.slice_rates set (fillfactor = 70);
comment on table learning.slice_rates is
    'One row per scope slice of a pattern with at least base_floor experiments at its last rebuild (mined_patterns), with its counts now.';
comment on column learning.slice_rates.slice_key is
    'The slice in the codes of mining_codes: a character per dimension, 0 for any, trailing ones cut.';
comment on column learning.slice_rates.evidence is
    'The mining of the pattern (mined_patterns.mining) in which its experiments last changed.';

alter table learning.mined_patterns
    add column mining bigint not null default 0,
    add column base_mining bigint not null default 0,
    add column base_floor integer,
    add column lookback_days integer,
    add column n_events bigint not null default 0,
    add column n_new bigint not null default 0;
update learning.mined_patterns set configuration = '';
comment on column learning.mined_patterns.mining is 'How often the pattern was mined.';
comment on column learning.mined_patterns.base_mining is
    'The mining of the last rebuild: a slice that had base_floor experiments then is stored.';
comment on column learning.mined_patterns.base_floor is
    'Experiments a slice needed at the last rebuild to be stored; null: never rebuilt.';
comment on column learning.mined_patterns.lookback_days is 'Days of experiments it was mined from.';
comment on column learning.mined_patterns.n_events is 'Its rows in mining_contributions.';
comment on column learning.mined_patterns.n_new is 'Experiments that came, or came to count elsewhere, since the last rebuild.';
reset role;

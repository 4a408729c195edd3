drop materialized view if exists analyst.pattern_scope_stats;
drop view if exists learning.learning_lessons cascade;
update learning.lessons set stats = '{}' where stats is null;
alter table learning.lessons
    drop column slice_key,
    alter column stats set default '{}',
    alter column stats set not null;
alter table learning.lessons rename to learning_lessons;
comment on table learning.learning_lessons is 'One row per conclusion, with its evidence.';
comment on column learning.learning_lessons.stats is null;
comment on column learning.learning_lessons.updated_at is 'When its content last changed (UTC, learning.clock()).';
comment on column learning.learning_lessons.latent_factor_id is 'Shared by slices of identical counts along a parent-child line: names the broadest of them.';

truncate learning.slice_rates, learning.mining_contributions;
drop index learning.mining_contributions_by_mining;
delete from learning.mining_codes;
alter table learning.mining_codes drop column item;
comment on table learning.mining_codes is
    'The dictionary of a pattern''s slice keys: they only grow, so that a key keeps its meaning.';
comment on column learning.mining_codes.place is
    'The position of the dimension in slice_rates.slice_key, from 1.';
comment on column learning.mining_codes.code is
    'The value there: the character 48 + code; 0 is "any".';
alter table learning.slice_rates drop column n;
alter table learning.slice_rates
    add column scope_subset jsonb not null,
    add column depth integer not null,
    alter column acted_success type bigint,
    alter column acted_failure type bigint,
    alter column skipped_success type bigint,
    alter column skipped_failure type bigint,
    alter column n_policy type bigint,
    alter column n_sampled type bigint,
    alter column n_valued type bigint,
    add column n bigint not null generated always as
        (acted_success + acted_failure + skipped_success + skipped_failure) stored,
    add constraint scope_is_an_object_of_plain_values check (learning.is_scope(scope_subset));
comment on column learning.slice_rates.depth is 'Dimensions the slice fixes; 0 is the whole pattern.';
comment on column learning.slice_rates.slice_key is
    'The slice in the codes of mining_codes: a character per dimension, 0 for any, trailing ones cut.';
update learning.mined_patterns set configuration = '', base_floor = null;
comment on column learning.mined_patterns.base_floor is
    'Experiments a slice needed at the last rebuild to be stored; null: never rebuilt.';

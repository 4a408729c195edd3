set role quadrant_owner;

alter table learning.slice_rates add column success_weight bigint not null default 0;
comment on column learning.slice_rates.success_weight is
    'The part of weight that succeeded: divided by weight it is the success rate of attempts, which tests go by.';
-- What is stored was counted without it: every pattern is due again.
update learning.mined_patterns set configuration = '';
reset role;

begin;
select plan(3);

select is(
    learning.scope_items('{"rank": 1.50, "bucket": "micro", "is_leader": true, "a": 1}'),
    '{a=1,bucket=micro,is_leader=true,rank=1.5}'::text[], 'items are sorted, numbers trimmed'
);
select is(
    learning.scope_items('{"rank": 7.0}'), learning.scope_items('{"rank": 7}'),
    'equal numbers are one item, however they are written'
);

insert into learning.pm_overrides (pattern_key, action_category, scope_subset, multiplier)
values ('pm.uptrend.S1.entry', 'tuning_halo', '{"bucket_rank_position": 1}', 1.1);
select is(
    (select count(*) from pm.effective_overrides('pm.uptrend.S1.entry', '{"bucket_rank_position": 1.0}')),
    1::bigint, 'an override of 1 holds where a position says 1.0'
);
select * from finish();
rollback;

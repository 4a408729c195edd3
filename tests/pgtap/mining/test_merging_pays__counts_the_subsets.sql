begin;
select plan(5);

-- 20 dimensions of one value each; slices do not matter below 100,000 rows.
update learning.scope_dimensions set enabled = ordinal <= (
    select d.ordinal from learning.scope_dimensions as d order by d.ordinal offset 19 limit 1
);
insert into learning.mining_codes (pattern_key, name, value, place, code, item)
select 'pm.uptrend.S1.entry', d.name, 'a', row_number() over (order by d.ordinal), 1,
    chr((96 + row_number() over (order by d.ordinal))::integer)
from learning.scope_dimensions as d
where d.enabled;
select is(
    (select count(*) from learning.mined_dimensions('pm.uptrend.S1.entry')), 20::bigint,
    'twenty dimensions'
);
-- At most 4 of 20 conditions: 1 + 20 + 190 + 1140 + 4845 subsets.
select is(learning.merging_pays('pm.uptrend.S1.entry', 16), true, '16 x 6,196 is little');
select is(learning.merging_pays('pm.uptrend.S1.entry', 17), false, '17 x 6,196 is more');
insert into learning.slice_rates (
    pattern_key, slice_key, acted_success, acted_failure, skipped_success, skipped_failure,
    n_policy, weight, success_weight, n_sampled, n_valued
)
select 'pm.uptrend.S1.entry', i::text, 0, 0, 0, 0, 0, 0, 0, 0, 0
from generate_series(1, 10534) as i;
select is(
    learning.merging_pays('pm.uptrend.S1.entry', 17), true, 'than a tenth of it in slices is not'
);

-- A sum of weights (2^32 at most each) is exact in double precision below 2^53.
delete from learning.mining_codes;
insert into learning.slice_rates (
    pattern_key, slice_key, acted_success, acted_failure, skipped_success, skipped_failure,
    n_policy, weight, success_weight, n_sampled, n_valued
)
select 'pm.uptrend.S1.entry', 'x' || i, 0, 0, 0, 0, 0, 0, 0, 0, 0
from generate_series(1, 210000) as i;
select results_eq(
    $$select learning.merging_pays('pm.uptrend.S1.entry', n)
        from unnest('{2097151,2097152}'::bigint[]) as n$$,
    'values (true), (false)', 'so many changes that their weights are no exact sum are not merged'
);
select * from finish();
rollback;

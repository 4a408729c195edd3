begin;
select plan(20);

create function pg_temp.mine(p_at timestamptz) returns integer language sql as $$
    select (tests.mine(p_at) ->> 'patterns')::integer
$$;
create function pg_temp.stats(p_scope jsonb) returns jsonb language sql as $$
    select l.stats from learning.learning_lessons as l
    where l.scope_subset = p_scope and l.status = 'active'
$$;
insert into learning.pattern_episode_events (
    window_id, attempt_id, pattern_key, scope, decision, outcome, decided_at, blocked_by, roi, factors
)
select 'w' || i, 'a' || (i / 2), 'pm.uptrend.S1.entry',
    jsonb_build_object('chain', 'solana', 'bucket', case when i <= 50 then 'micro' else 'big' end, 'moon', i),
    case when i % 5 = 0 then 'acted' else 'skipped' end,
    case when i % 3 = 0 then 'success' else 'failure' end,
    timestamptz '2026-01-01 00:00+00' + i * interval '1 hour',
    case when i > 80 and i % 5 <> 0 then '{policy}'::text[] else '{ts}' end,
    0.01, case when i % 2 = 0 then '{"samples": [{"ts_score": 0.5}]}' else '{"samples": []}' end::jsonb
from generate_series(1, 100) as i;
insert into learning.pattern_episode_events (pattern_key, attempt_id, decision, opened_at, decided_at)
values ('pm.uptrend.S1.entry', 'a1', 'skipped', '2026-01-01', '2026-01-01');

select is(pg_temp.mine('2026-01-10'), 1, 'what was inserted is mined');
select is(pg_temp.mine('2026-01-10'), 0, 'once');
select is(
    (select l.n from learning.learning_lessons as l where l.scope_subset = '{}'), 84::bigint,
    'policy skips are not in n'
);
select is(
    pg_temp.stats('{}') - (select array_agg(k) from jsonb_object_keys(pg_temp.stats('{}')) as k
        where k ~ '_(low|high|shrunk)$|^(wr|fpr|mr|dr|sr|n_eff|sr_rest|rest_n_eff)$|^difference'),
    '{"n_acted": 20, "n_skipped": 64, "n_misses": 21, "n_fps": 14, "n_policy": 16, "n_sampled": 50,
        "n_valued": 100, "pressure": 7, "verdict": "tighten", "parent": null}'::jsonb,
    'counts: policy skips count as sampled and valued'
);
-- Attempts of two windows, but a1, which has a third that is pending: 2/3 instead of 1; a0 and a50
-- have one.
select is(
    round((pg_temp.stats('{}') ->> 'n_eff')::numeric, 6),
    (select round(sum(case when i in (2, 3) then 1.0 / 3 when i in (1, 100) then 1 else 0.5 end), 6)
        from generate_series(1, 100) as i where i <= 80 or i % 5 = 0),
    'a window weighs 1 / decided windows of its attempt'
);
select results_eq(
    'select scope_subset, copies from analyst.lessons where status = ''active'' order by scope_subset',
    $$values ('{}'::jsonb, 1::bigint), ('{"bucket": "big"}', 1), ('{"bucket": "micro"}', 1)$$,
    'copies are left out; keys nobody mines make no lesson'
);
select results_eq(
    'select scope_subset, scope_copied from analyst.lesson_copies order by scope_subset',
    $$values ('{"chain": "solana"}'::jsonb, '{}'::jsonb),
        ('{"chain": "solana", "bucket": "big"}', '{"bucket": "big"}'),
        ('{"chain": "solana", "bucket": "micro"}', '{"bucket": "micro"}')$$,
    'and listed with what they copy'
);
select is(
    round((pg_temp.stats('{"bucket": "micro"}') ->> 'mr_shrunk')::numeric, 6),
    (select round((r.mr * r.m + 20 * 21 / 64.0) / (r.m + 20), 6)
        from (select 13 / 40.0 as mr,
            40 / 50.0 * (pg_temp.stats('{"bucket": "micro"}') ->> 'n_eff')::numeric as m) as r),
    'shrunk toward the parent by 20 windows'
);

create temporary table before as select * from learning.learning_lessons;
update learning.pattern_episode_events set factors = factors || '{"x": 1}' where window_id = 'w7';
select is(pg_temp.mine('2026-01-10'), 1, 'an update takes the pattern up');
select results_eq(
    'select * from learning.learning_lessons order by id', 'select * from before order by id',
    'but what is the same is not touched'
);
update learning.pattern_episode_events set outcome = 'success' where window_id = 'w7';
select is((tests.mine('2026-01-11') ->> 'slices_changed')::integer, 4, 'only its slices change');
select is(
    (select count(*) from learning.learning_lessons as l join before as b using (id)
        where l.counted_stamp = b.counted_stamp), 2::bigint,
    'a stamp changes exactly where the experiments do'
);
delete from learning.pattern_episode_events where window_id = 'w100';
select is(pg_temp.mine('2026-01-11'), 1, 'a deleted one is seen');

select is(pg_temp.mine('2026-04-01 01:00+00'), 1, 'an experiment leaves the lookback');
select is(pg_temp.mine('2026-04-01 01:30+00'), 0, 'the next not yet');
select is(pg_temp.mine('2026-01-03 00:00+00'), 1, 'the clock may go back');
update learning.learning_configs
set config_data = jsonb_set(config_data, '{patterns}', '{"pm.uptrend.S1.entry": {"n_min": 10}}')
where module_id = 'pm';
select is(pg_temp.mine('2026-01-11 00:00+00'), 1, 'settings call it up');
select is((learning.enable_dimension('intent')).enabled, true, 'a dimension is turned on');
select is(pg_temp.mine('2026-01-11 00:00+00'), 1, 'and calls it up');
select throws_ok($$select learning.enable_dimension('moon')$$, 'QD011', null, 'an unknown one is refused');

select * from finish();
rollback;

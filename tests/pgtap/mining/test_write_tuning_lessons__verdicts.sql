begin;
select plan(9);

create function pg_temp.verdict(
    p_acted_success int, p_acted_failure int, p_skipped_success int, p_skipped_failure int
) returns text language sql as $$
    select r.stats ->> 'verdict'
    from (
        select p_acted_success + p_acted_failure + p_skipped_success + p_skipped_failure as n
    ) as c
    cross join lateral learning.rate_stats(
        jsonb_populate_record(null::learning.slice_rates, jsonb_build_object(
            'acted_success', p_acted_success, 'acted_failure', p_acted_failure,
            'skipped_success', p_skipped_success, 'skipped_failure', p_skipped_failure,
            'n', c.n, 'weight', c.n * 4294967296, 'success_weight', 0
        )), null, 20
    ) as r
$$;
select is(pg_temp.verdict(6, 4, 61, 39), 'loosen', 'most skips would have won');
select is(pg_temp.verdict(6, 4, 60, 40), 'hold', 'but not at .60');
select is(pg_temp.verdict(4, 6, 1, 9), 'tighten', 'most buys failed');
select is(pg_temp.verdict(5, 5, 1, 9), 'hold', 'but not at .50');
select is(pg_temp.verdict(8, 2, 1, 9), 'press', 'most buys won');
select is(pg_temp.verdict(8, 2, 9, 1), 'mixed', 'several');
select is(pg_temp.verdict(0, 0, 1, 9), 'hold', 'nothing bought says nothing about buying');

insert into learning.slice_rates (
    pattern_key, slice_key, acted_success, acted_failure, skipped_success, skipped_failure, n_policy,
    weight, n_sampled, n_valued
)
values ('pm.uptrend.S1.entry', '', 0, 0, 10, 30, 0, 40 * 4294967296, 0, 0);
select is(
    learning.write_tuning_lessons('pm.uptrend.S1.entry', 33, '2026-01-01', null, 0, false),
    '{"lessons": 1, "lessons_changed": 1, "retired": 0}'::jsonb, 'a lesson'
);
select is(
    learning.write_tuning_lessons('pm.uptrend.S1.entry', 41, '2026-01-01', null, 1, false),
    '{"lessons": 0, "lessons_changed": 0, "retired": 1}'::jsonb, 'retired where it no longer qualifies'
);

select * from finish();
rollback;

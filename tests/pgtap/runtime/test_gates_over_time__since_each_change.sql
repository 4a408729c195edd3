begin;
select plan(3);

do $$begin perform tests.clock_at('2026-01-01 00:00+00'); end$$;
insert into learning.pm_overrides (pattern_key, action_category, scope_subset, multiplier)
values ('pm.uptrend.S1.entry', 'tuning_ts_min', '{"timeframe": "15m"}', 0.9);
do $$begin perform tests.clock_at('2026-01-02 00:00+00'); end$$;
insert into learning.pm_overrides (pattern_key, action_category, scope_subset, multiplier)
values
    ('pm.uptrend.S1.entry', 'tuning_ts_min', '{"timeframe": "15m", "bucket": "micro"}', 1.1),
    ('pm.uptrend.S1.entry', 'tuning_ts_min', '{"timeframe": "1h"}', 1.2),
    ('pm.uptrend.S3.retest', 'tuning_ts_min', '{"timeframe": "15m"}', 1.2);
do $$begin perform tests.clock_at('2026-01-03 00:00+00'); end$$;
update learning.pm_overrides set confidence_score = 0.5 where multiplier = 0.9;
do $$begin perform tests.clock_at('2026-01-03 12:00+00'); end$$;
insert into learning.pm_overrides (pattern_key, action_category, scope_subset, delta, status)
values ('pm.uptrend.S1.entry', 'tuning_slope_min', '{"timeframe": "15m"}', 0.02, 'proposed');
do $$begin perform tests.clock_at('2026-01-04 00:00+00'); end$$;
delete from learning.pm_overrides where pattern_key = 'pm.uptrend.S1.entry';

prepare seen as
    select g.since, round(g.value::numeric, 9)
    from pm.gates_over_time('pm.s1_entry', '{"timeframe": "15m", "bucket": "micro"}') as g
    where g.gate = 'ts';
select results_eq(
    'seen',
    $$values
        ('2026-01-01 00:00+00'::timestamptz, 0.54), ('2026-01-02 00:00+00', 0.66),
        ('2026-01-03 00:00+00', 0.66), ('2026-01-04 00:00+00', 0.6)$$,
    'since each change in its scope; of proposals, other scopes and patterns nothing'
);
select is(
    (select count(*) from pm.gates_over_time('pm.uptrend.S1.entry', '{"timeframe": "4h"}')),
    0::bigint, 'where nothing changed no row'
);
select is(
    (
        select count(*)
        from pm.gates_over_time('pm.uptrend.S1.entry', '{"timeframe": "15m"}') as t
        join lateral pm.gates_at('pm.uptrend.S1.entry', '{"timeframe": "15m"}', t.since) as g
            using (gate, base, value)
        where g.override_id is not distinct from t.override_id
    ),
    9::bigint, 'as pm.gates_at answers: three gates, three changes'
);

select * from finish();
rollback;

begin;
select plan(3);

select is(
    (select learning from analyst.patterns where pattern_key = 'pm.uptrend.S1.entry'),
    'waits for experiments', 'gates without experiments are shown too'
);

select pm.register_gates(k, '[{"gate": "surge", "direction": "at_least", "base": 2, "steps": [0, 1]}]')::text
from unnest(array['pm.own.drift', 'pm.own.counts', 'pm.own.judged']) as k;
insert into learning.pattern_episode_events (pattern_key, decision, outcome, factors, roi)
values
    ('pm.own.none', 'acted', 'success', '{}', null), ('pm.own.drift', 'acted', 'success', '{}', 0.1),
    ('pm.own.drift', 'acted', null, '{"samples": [{"surge": 2}]}', null),
    ('pm.own.counts', 'acted', 'failure', '{"samples": [{"surge": 2}]}', null),
    ('pm.own.judged', 'acted', 'neutral', '{"samples": [{"surge": 2}]}', 0.1),
    ('pm.own.judged', 'acted', 'failure', '{"samples": [{"surge": 2}]}', 0.1);
select results_eq(
    $$select pattern_key, n_experiments, n_finished, n_pending, n_gates, learning
    from analyst.patterns where pattern_key like 'pm.own.%' order by pattern_key$$,
    $$values
        ('pm.own.counts', 1::bigint, 1::bigint, 0::bigint, 1::bigint,
            'judged by counts: most experiments have no virtual result'),
        ('pm.own.drift', 2, 1, 1, 1, 'judged by drift: most experiments have no samples'),
        ('pm.own.judged', 2, 1, 0, 1, 'judged'),
        ('pm.own.none', 1, 1, 0, 0,
            'mined only: no gates are registered (pm.register_gates)')$$,
    'each as far as it gets'
);


insert into learning.pattern_episode_events (pattern_key, decision, outcome, decided_at)
select 'pm.own.' || e.pattern, 'acted', 'failure', learning.clock() - make_interval(days => e.age)
from (values ('judged', 91), ('counts', 89), ('old', 91), ('old', 90)) as e (pattern, age);
select pm.register_gates('pm.own.old', '[{"gate": "surge", "direction": "at_least", "base": 2, "steps": [0, 1]}]')::text;
select results_eq(
    $$select pattern_key, n_finished, n_beyond_lookback, lookback_days, learning
    from analyst.patterns where pattern_key ~ 'pm.own.(judged|counts|old)' order by pattern_key$$,
    $$values
        ('pm.own.counts', 2::bigint, 0::bigint, 90,
            'judged by drift: most experiments have no samples'),
        ('pm.own.judged', 2, 1, 90, 'judged'),
        ('pm.own.old', 2, 2, 90,
            'waits for newer experiments: all are older than the lookback of 90 days')$$,
    'what is older than the lookback is kept and not mined'
);

select * from finish();
rollback;

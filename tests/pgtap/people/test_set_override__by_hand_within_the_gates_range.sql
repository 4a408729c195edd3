begin;
select plan(21);

do $do$ begin
    perform tests.clock_at('2026-03-01 00:00:00+00');
end $do$;
delete from learning.pm_overrides_history;

select results_eq(
    $$select o.action_category, round(o.multiplier::numeric, 9), round(o.delta::numeric, 9), o.method,
        o.evidence ->> 'by', o.pinned
    from learning.set_override(
        'pm.uptrend.S1.entry', '{"bucket": "nano", "timeframe": "15m"}',
        '{"slope": 0.03, "halo": 1.1, "ts": 0.54}', 'anna'
    ) as o$$,
    $$values ('tuning_ts_min', 0.9, 0.0, 'manual', 'anna', false),
        ('tuning_halo', 1.1, 0.0, 'manual', 'anna', false),
        ('tuning_slope_min', 1.0, 0.03, 'manual', 'anna', false)$$,
    'a threshold becomes a multiplier or a delta, in the order of the gates'
);
select results_eq(
    $$select g.gate, round(g.value::numeric, 9)
    from pm.gates('pm.uptrend.S1.entry', '{"bucket": "nano", "timeframe": "15m", "chain": "x"}') as g$$,
    $$values ('ts', 0.54), ('halo', 1.1), ('slope', 0.03)$$, 'the PM gets the values set'
);
select is(
    (select count(distinct o.solution_id) from learning.pm_overrides as o), 1::bigint,
    'what stands in one slice is one decision'
);
select results_eq(
    $$select distinct h.actor, h.run_id from learning.pm_overrides_history as h$$,
    $$values ('anna', null::bigint)$$, 'the history has the person'
);
select is(
    (
        select count(*) from learning.set_override(
            'pm.s1_entry', '{"bucket": "nano", "timeframe": "15m"}', '{"halo": 1.1}', 'ben'
        )
    ), 1::bigint, 'a legacy spelling of the pattern is translated'
);
select is(
    (select count(*) from learning.pm_overrides_history as h), 3::bigint,
    'the same value again changes nothing'
);
select is(
    (
        select array_agg(o.multiplier = 1 and o.delta = -0.6)
        from learning.set_override('pm.uptrend.S2.entry', '{}', '{"ts": 0}') as o
    ), '{true}', 'a threshold no multiplier reaches becomes a delta'
);
select is(
    (
        select h.actor from learning.pm_overrides_history as h order by h.id desc limit 1
    ), session_user::text, 'without a name it is the database''s user'
);
select is(
    (
        select o.pinned from learning.set_override(
            'pm.uptrend.S2.entry', '{}', '{"halo": 0.6}', 'anna', true
        ) as o
    ), true, 'set and pinned at once'
);

select throws_ok(
    $$select learning.set_override('pm.uptrend.S9.entry', '{}', '{"halo": 1}')$$, 'QD001'
);
select throws_ok(
    $$select learning.set_override('pm.mine.setup', '{}', '{"halo": 1}')$$, 'QD092',
    'pm.mine.setup has no gates', 'a pattern without gates'
);
select throws_ok(
    $$select learning.set_override('pm.uptrend.S1.entry', '{}', '{"dx": 0.5}')$$, 'QD092',
    'pm.uptrend.S1.entry has no gate ''dx''', 'a gate of another pattern'
);
select throws_ok(
    $$select learning.set_override('pm.uptrend.S1.entry', '{"bucke": "nano"}', '{"halo": 1}')$$,
    'QD011'
);
select throws_ok(
    $$select learning.set_override('pm.uptrend.S1.entry', '{"bucket": ["nano"]}', '{"halo": 1}')$$,
    'QD004'
);
select throws_ok(
    $$select learning.set_override('pm.uptrend.S1.entry', '{}', '{"halo": 3.01}')$$, 'QD093',
    'not a value of the gate: halo = 3.01', 'above the gate''s range'
);
select throws_ok(
    $$select learning.set_override('pm.uptrend.S1.entry', '{}', '{"halo": "wide"}')$$, 'QD093'
);
select throws_ok(
    $$select learning.set_override('pm.uptrend.S1.entry', '{}', '{"halo": 1e400}')$$, 'QD093'
);
select throws_ok(
    $$select learning.set_override('pm.uptrend.S1.entry', '{}', '{}')$$, 'QD093'
);

select results_eq(
    $$select o.action_category from learning.clear_override(
        'pm.uptrend.S1.entry', '{"timeframe": "15m", "bucket": "nano"}', '{halo}', 'ben'
    ) as o$$,
    $$values ('tuning_halo')$$, 'one gate is taken back'
);
select is(
    (
        select count(*) from learning.clear_override(
            'pm.uptrend.S1.entry', '{"timeframe": "15m", "bucket": "nano"}'
        )
    ), 2::bigint, 'and the rest'
);
select throws_ok(
    $$select learning.clear_override('pm.uptrend.S1.entry', '{"bucket": "nano"}')$$, 'QD094'
);

select * from finish();
rollback;

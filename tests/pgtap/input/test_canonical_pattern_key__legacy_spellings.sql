begin;
select plan(21);

select is(learning.canonical_pattern_key(k.given), k.wanted, k.given)
from (values
    ('pm.uptrend.S1.entry', 'pm.uptrend.S1.entry'),
    ('pm.uptrend.S3.dx', 'pm.uptrend.S3.dx'),
    ('dm.social.call', 'dm.social.call'),
    ('module=pm|pattern_key=uptrend.S1.entry', 'pm.uptrend.S1.entry'),
    ('module=pm|pattern_key=uptrend.S1.buy_flag', 'pm.uptrend.S1.entry'),
    ('module=dm|pattern_key=social.call', 'dm.social.call'),
    ('pm.s1_entry', 'pm.uptrend.S1.entry'),
    ('pm.s2_entry', 'pm.uptrend.S2.entry'),
    ('pm.s3_retest', 'pm.uptrend.S3.retest'),
    ('pm.uptrend.S1.buy_flag', 'pm.uptrend.S1.entry'),
    ('pm.uptrend.S2.buy_flag', 'pm.uptrend.S2.entry'),
    ('pm.uptrend.S3.buy_flag', 'pm.uptrend.S3.retest'),
    ('module=pm|pattern_key=uptrend.S3.buy_flag', 'pm.uptrend.S3.retest')
) as k (given, wanted);

select throws_ok(format('select learning.canonical_pattern_key(%L)', k.given), 'QD001', null,
    'not a pattern key: ' || coalesce(k.given, 'null'))
from (values (''), (null), ('pm.uptrend.S4.entry'), ('uptrend.S1.entry'), ('pm.s3_entry'),
    ('module=pm|pattern_key=')) as k (given);

insert into learning.gates
select 'pm.uptrend.S4.entry', g.gate, g.value_key, g.direction, g.base, g.steps, g.adjust,
    g.min_value, g.max_value, g.action_category, g.ordinal
from learning.gates as g
where g.pattern_key = 'pm.uptrend.S1.entry';
select is(
    learning.canonical_pattern_key('module=pm|pattern_key=uptrend.S4.entry'), 'pm.uptrend.S4.entry',
    'a pattern of the uptrend is one with gates'
);
select is(
    (learning.checked_window(
        '{"pattern_key": "pm.uptrend.S4.entry", "window_id": "w", "decision": "acted",
        "decided_at": "2026-01-05T00:37:00Z"}'
    )).episode_type,
    's4_entry', 'and its windows have its type'
);

select * from finish();
rollback;

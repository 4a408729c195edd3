begin;
select plan(24);

select throws_ok(format('select * from pm.%s', c.call), c.code, null, c.code || ': ' || c.call)
from (values
    ('record_episode(null)', 'QD014'), ('record_episodes(null)', 'QD014'), ('record_episodes(''7'')', 'QD014'),
    ('record_closed_trade(null)', 'QD014'), ('record_closed_trade(''[]'')', 'QD014'),
    ('record_closed_trades(null)', 'QD014'), ('record_closed_trades(''{}'')', 'QD014'),
    ('record_closed_trades(''[]'', null)', 'QD006'),
    ('enroll_positions(null, ''[]'')', 'QD006'), ('enroll_positions('''', ''[]'')', 'QD006'),
    ('enroll_positions(''f'', null)', 'QD014'), ('enroll_positions(''f'', ''{}'')', 'QD014'),
    ('enroll_positions(''f'', ''[[]]'')', 'QD014'), ('enroll_positions(repeat(''f'', 201), ''[]'')', 'QD041'),
    ('register_gates(null, ''[]'')', 'QD001'), ('register_gates(''pm.a.b'', null)', 'QD014'),
    ('register_gates(''pm.a.b'', ''[{"gate": "g", "direction": "at_least", "base": "2", "steps": [0, 1]}]'')', 'QD014'),
    ('register_gates(''pm.a.b'', ''[{"gate": "g", "direction": "at_least", "base": 2, "stepps": [0, 1]}]'')', 'QD014'),
    ('gates(null, ''{}'')', 'QD001'), ('gates(''pm.s1_entry'', null)', 'QD004'),
    ('gates_at(''pm.s1_entry'', ''{}'', null)', 'QD006'),
    ('keep_rejected_bar(null, ''x'', ''QD014'', ''why'')', 'QD006'),
    ('keep_rejected_bar(''f'', null, ''QD014'', ''why'')', 'QD006')
) as c (call, code);
select is(
    (select count(*) from pm.gates('pm.s1_entry', '{}')), 3::bigint, 'a legacy spelling finds its gates'
);

select * from finish();
rollback;

begin;
select plan(9);

create temporary table imported as
select * from learning.import_rows('episode', array['{"pattern_key": "pm.s1_entry", "window_id": "w1",
    "decision": "acted", "timestamp": "2026-01-05", "scope": {"timeframe": "7m"}}'], 'test');
create temporary table kept as select id from learning.episode_rejects;

select results_eq(
    'select written, code from learning.retry_reject((select id from kept))',
    $$values ('rejected', 'QD007')$$, 'what is still bad stays'
);
update learning.episode_rejects
set payload = payload || '{"scope": {"timeframe": "1h"}, "decision": "perhaps"}';
select results_eq(
    'select written, code from learning.retry_reject((select id from kept))',
    $$values ('rejected', 'QD002')$$, 'with its newest reason'
);
select is((select sqlstate from learning.episode_rejects), 'QD002', 'which is kept');
update learning.episode_rejects set payload = payload || '{"decision": "acted"}';
select results_eq(
    'select written, code from learning.retry_reject((select id from kept))',
    $$values ('new', null)$$, 'what passes now is stored'
);
select is_empty('select * from learning.episode_rejects', 'and no reject any more');
select is(
    (select window_id from learning.pattern_episode_events), 'w1', 'but an experiment'
);
select throws_ok(
    'select learning.retry_reject((select id from kept))', 'QD045', null, 'there is no such reject'
);

insert into learning.episode_rejects (kind, source, payload, reason, sqlstate)
values ('trade', 'test', '{"trade_id": "t", "pattern_key": "pm.s1_entry", "roi": 0.1,
    "action_category": "entry", "closed_at": "2026-01-05"}', 'the server was full', '53100');
select results_eq(
    $$select r.written from learning.episode_rejects as j, learning.retry_reject(j.id) as r$$,
    $$values ('new')$$, 'a trade becomes a trade'
);
select is((select trade_id from learning.pattern_trade_events), 't', 'really');

select * from finish();
rollback;

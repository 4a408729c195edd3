begin;
select plan(15);

insert into learning.lowcap_positions (token_contract, token_chain, symbol, timeframe, scope)
values ('x', 'solana', 'X', '1h', '{"bucket": "position"}');
insert into learning.pattern_episode_events (pattern_key, scope, decision, decided_at, trade_id)
values ('pm.uptrend.S1.entry', '{"bucket": "window"}', 'acted', '2026-01-01', 't1');
insert into learning.ad_strands (kind, trade_id, position_id, content, happened_at)
select s.kind, s.trade_id, (select position_id from learning.lowcap_positions), s.content::jsonb, s.at
from (values
    ('pm_action', 't1', '{"action": "entry"}', timestamptz '2026-01-01'),
    ('pm_action', 't1', '{"action": "trim"}', '2026-01-02'),
    ('pm_action', 't1', '{"action": "exit"}', '2026-01-03'),
    ('position_closed', 't1', '{"pattern_key": "pm.uptrend.S1.entry", "roi": 0.1, "did_trim": true,
        "reached_s3": true, "hold_hours": 48}', '2026-01-03'),
    ('position_closed', 't2', '{"pattern_key": "pm.uptrend.S1.entry", "roi": -0.1, "scope": {"bucket": "told"},
        "actions": [{"action_category": "entry"}, {"action": "add", "pattern_key": "pm.s3_retest"}, "exit"]}',
        '2026-01-04'),
    ('position_closed', 't3', '{"pattern_key": "pm.uptrend.S2.entry", "roi": 0}', '2026-01-05'),
    ('position_closed', 't4', '{"pattern_key": "pm.uptrend.S2.entry", "roi": 0.5}', '2026-01-05'),
    ('position_closed', 'bad1', '{"pattern_key": "nobody knows", "roi": 0.5}', '2026-01-05'),
    ('position_closed', 'bad2', '{"pattern_key": "pm.uptrend.S2.entry", "roi": "NaN"}', '2026-01-05'),
    ('position_closed', 'bad3', '{"pattern_key": "pm.uptrend.S2.entry"}', '2026-01-05'),
    ('position_closed', 'bad4', '{"pattern_key": "pm.uptrend.S2.entry", "roi": 1, "actions": ["sneeze"]}', '2026-01-05'),
    ('position_closed', 'bad5', '{"pattern_key": "pm.uptrend.S2.entry", "roi": "much"}', '2026-01-05')
) as s (kind, trade_id, content, at);
-- Somebody recorded this one already.
insert into learning.pattern_trade_events (trade_id, pattern_key, action_category, roi)
values ('t4', 'pm.uptrend.S2.entry', 'entry', 0.5);

select is(
    learning.aggregate_trades(),
    '{"trades": 3, "trade_events": 7, "rejected": 5}', 'what is missing is written'
);
select results_eq(
    $$select action_category, pattern_key, scope, roi, did_trim, reached_s3, hold_hours, closed_at
        from learning.pattern_trade_events where trade_id = 't1' order by id$$,
    $$select a, 'pm.uptrend.S1.entry', '{"bucket": "window"}'::jsonb, 0.1::float8, true, true,
        48::float8, timestamptz '2026-01-03' from unnest(array['entry', 'trim', 'exit']) as a$$,
    'one per pm_action, at the scope of the window that was acted on'
);
select results_eq(
    $$select action_category, pattern_key, scope from learning.pattern_trade_events
        where trade_id = 't2' order by id$$,
    $$values ('entry', 'pm.uptrend.S1.entry', '{"bucket": "told"}'::jsonb),
        ('add', 'pm.uptrend.S3.retest', '{"bucket": "told"}'), ('exit', 'pm.uptrend.S1.entry', '{"bucket": "told"}')$$,
    'or one per action told, at its own pattern, at the scope told'
);
select results_eq(
    $$select action_category, scope from learning.pattern_trade_events where trade_id = 't3'$$,
    $$values ('entry', '{"bucket": "position"}'::jsonb)$$, 'else one entry, at the position''s scope'
);
select is(
    (select count(*) from learning.pattern_trade_events where trade_id = 't4'), 1::bigint,
    'a trade that is recorded is left alone'
);
select results_eq(
    $$select payload ->> 'trade_id', sqlstate from learning.episode_rejects where source = 'aggregator' order by 1$$,
    $$values ('bad1', 'QD001'), ('bad2', '23514'), ('bad3', 'QD006'), ('bad4', '23514'), ('bad5', '22P02')$$,
    'what cannot be read is kept with its reason'
);
select is(
    learning.aggregate_trades(), '{"trades": 0, "trade_events": 0, "rejected": 5}', 'again: nothing new'
);
select is((select count(*) from learning.episode_rejects), 5::bigint, 'and a reject is kept once');
select is((select count(*) from learning.pattern_trade_events), 8::bigint, 'no event twice');

update learning.ad_strands set content = content || '{"roi": 0.2}' where trade_id = 'bad3';
select is(
    learning.aggregate_trades() -> 'trades', '1', 'a strand that was corrected is taken up'
);
delete from learning.pattern_trade_events where trade_id = 't1';
select is(learning.aggregate_trades() -> 'trade_events', '3', 'events that got lost come back');

-- What was kept needs its correction alone.
update learning.episode_rejects set payload = payload || '{"roi": 0.3}'
where payload ->> 'trade_id' = 'bad2';
select results_eq(
    $$select r.written from learning.episode_rejects as j cross join learning.retry_reject(j.id) as r
        where j.payload ->> 'trade_id' = 'bad2'$$,
    $$values ('new')$$, 'a reject that was corrected passes'
);
select results_eq(
    $$select timeframe, closed_at from learning.allocation_history where trade_id = 'bad2'$$,
    $$values ('1h', timestamptz '2026-01-05')$$, 'with the timeframe of its position, when it closed'
);
do $$begin
    perform learning.record_closed_trade('{"trade_id": "told", "timeframe": "1h", "roi": 0.1,
        "closed_at": "2026-01-06T00:00:00Z"}');
end$$;
select is(
    learning.aggregate_trades(), '{"trades": 0, "trade_events": 0, "rejected": 3}',
    'what was told with its allocation is told, with or without a pattern'
);
set local timezone = 'Asia/Tokyo';
do $$begin perform learning.aggregate_trades(); end$$;
select is(
    (select count(*) from learning.episode_rejects), 4::bigint, 'kept once in any zone'
);

select * from finish();
rollback;

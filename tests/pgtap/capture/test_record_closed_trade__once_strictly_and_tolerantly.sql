begin;
select plan(49);

create function pg_temp.trade(p_change jsonb) returns jsonb language sql as $$
    select '{"trade_id": "t1", "timeframe": "1h", "roi": 0.05, "closed_at": "2026-01-05T12:00:00+00:00",
        "opened_at": "2026-01-05 09:00:00", "pattern_key": "pm.s1_entry", "scope": {"chain": "c"},
        "did_trim": true, "reached_s3": false, "cost": 100, "pnl": 5}'::jsonb || p_change
$$;
create temporary table made (position_id bigint);
with p as (
    insert into learning.lowcap_positions (token_contract, token_chain, symbol, timeframe)
    values ('X', 'c', 'X', '1h') returning position_id
) insert into made select position_id from p;

-- What one trade writes.
select is(
    learning.record_closed_trade(pg_temp.trade(jsonb_build_object('position_id', (select position_id from made))))
        ->> 'trade_events',
    '3', 'a trade is recorded'
);
select results_eq(
    $$select kind, position_id, trade_id, content - 'actions', happened_at, strand_key from learning.ad_strands$$,
    $$select 'position_closed', position_id, 't1', '{"roi": 0.05, "cost": 100, "pnl": 5, "timeframe": "1h",
        "pattern_key": "pm.uptrend.S1.entry", "scope": {"chain": "c"}, "did_trim": true, "reached_s3": false,
        "opened_ms": 1767603600000, "closed_ms": 1767614400000, "hold_hours": 3}'::jsonb,
        '2026-01-05 12:00+00'::timestamptz, 'position_closed:t1' from made$$,
    'its strand'
);
select results_eq(
    $$select trade_id, pattern_key, action_category, scope, roi, did_trim, reached_s3, hold_hours, closed_at, position_id
    from learning.pattern_trade_events order by id$$,
    $$select 't1', 'pm.uptrend.S1.entry', a, '{"chain": "c"}'::jsonb, 0.05::float8, true, false, 3::float8,
        '2026-01-05 12:00+00'::timestamptz, position_id
    from made, unnest(array['entry', 'trim', 'exit']) as a$$,
    'an event per action: entry, trim, exit'
);
select results_eq(
    $$select symbol, timeframe, cost, pnl, roi, opened_at from analyst.trades$$,
    $$values ('X', '1h', 100::float8, 5::float8, 0.05::float8, '2026-01-05 09:00+00'::timestamptz)$$,
    'analyst.trades shows it'
);
select results_eq(
    'select average, mass_short, mass_long from learning.roi_masses order by 1',
    $$values ('1h', 1::numeric, 1::numeric), ('global', 1, 1)$$, 'the masses are stored'
);

-- A repeat, and one that says something else under the same name.
create temporary table contents as
select (select jsonb_agg(to_jsonb(c)) from learning.learning_configs as c) as configs,
    (select jsonb_agg(to_jsonb(s)) from learning.ad_strands as s) as strands,
    (select jsonb_agg(to_jsonb(e)) from learning.pattern_trade_events as e) as events,
    (select jsonb_agg(to_jsonb(h)) from learning.allocation_history as h) as history,
    (select jsonb_agg(to_jsonb(m)) from learning.roi_masses as m) as masses,
    (select jsonb_agg(to_jsonb(l)) from learning.learning_log as l) as log;
select is(learning.record_closed_trade(pg_temp.trade('{}')), null, 'a repeat writes nothing');
select is(
    pm.record_closed_trade(pg_temp.trade('{"roi": -1, "timeframe": "4h"}')), null,
    'whatever it says, and whoever asks'
);
select results_eq(
    $$select (select jsonb_agg(to_jsonb(c)) from learning.learning_configs as c),
        (select jsonb_agg(to_jsonb(s)) from learning.ad_strands as s),
        (select jsonb_agg(to_jsonb(e)) from learning.pattern_trade_events as e),
        (select jsonb_agg(to_jsonb(h)) from learning.allocation_history as h),
        (select jsonb_agg(to_jsonb(m)) from learning.roi_masses as m),
        (select jsonb_agg(to_jsonb(l)) from learning.learning_log as l)$$,
    'select * from contents', 'and nothing changed'
);

-- What the PM has told itself is not told twice.
insert into learning.ad_strands (kind, trade_id, content, strand_key)
values ('position_closed', 't2', '{"told": "before"}', 'position_closed:t2');
insert into learning.pattern_trade_events (trade_id, pattern_key, action_category, roi)
values ('t2', 'pm.uptrend.S1.entry', 'entry', 0.01);
select is(
    learning.record_closed_trade(pg_temp.trade('{"trade_id": "t2", "timeframe": "4h"}')) -> 'trade_events', '0',
    'events that are there are not written again'
);
select results_eq(
    $$select content from learning.ad_strands where trade_id = 't2'$$, $$values ('{"told": "before"}'::jsonb)$$,
    'nor is the strand'
);
select results_eq(
    'select timeframe, n from learning.timeframe_allocation((
        select config_data from learning.learning_configs where module_id = $$decision_maker$$))',
    $$values ('15m', 0), ('1h', 1), ('4h', 1)$$, 'but the trade counts'
);

select is(
    learning.record_closed_trade(pg_temp.trade('{"trade_id": "t3", "actions": [
        "entry", {"action": "add", "pattern_key": "pm.uptrend.S3.dx", "scope": {"chain": "d"}}]}')) -> 'trade_events',
    '2', 'actions that are given'
);
select results_eq(
    $$select action_category, pattern_key, scope from learning.pattern_trade_events where trade_id = 't3' order by id$$,
    $$values ('entry', 'pm.uptrend.S1.entry', '{"chain": "c"}'::jsonb), ('add', 'pm.uptrend.S3.dx', '{"chain": "d"}')$$,
    'may have a pattern and a scope of their own'
);

create temporary table bad (change jsonb, code text);
insert into bad values
    ('{"trade_id": ""}', 'QD006'), ('{"timeframe": null}', 'QD006'), ('{"roi": null}', 'QD006'),
    ('{"closed_at": ""}', 'QD006'), ('{"timeframe": "1m"}', 'QD007'), ('{"roi": "NaN"}', 'QD005'),
    ('{"roi": "-Infinity"}', 'QD005'), ('{"roi": "five"}', 'QD014'), ('{"roi": 1e999}', 'QD014'),
    ('{"closed_at": "soon"}', 'QD014'), ('{"closed_at": "infinity"}', 'QD014'),
    ('{"opened_at": "2026-01-06"}', 'QD014'), ('{"position_id": "x"}', 'QD014'),
    ('{"position_id": 999999}', 'QD048'), ('{"pattern_key": "nonsense"}', 'QD001'),
    ('{"scope": []}', 'QD004'), ('{"actions": ["hold"]}', 'QD014'), ('{"actions": "entry"}', 'QD014'),
    ('{"did_trim": "maybe"}', 'QD014'),
    ('{"closed_at": "2999-01-01"}', 'QD017'),
    ('{"opened_at": "2999-01-01"}', 'QD017'),
    ('{"roi": "0.05"}', 'QD014'),
    ('{"roi": 12}', 'QD018'),
    ('{"roi": -1.2}', 'QD018'),
    ('{"pln": 5}', 'QD014'),
    ('{"did_trim": "true"}', 'QD014'),
    ('{"cost": "100"}', 'QD014'),
    ('{"closed_at": 1767614400}', 'QD014'),
    ('{"actions": [{"action": "add", "size": 1}]}', 'QD014'),
    ('{"context": 1}', 'QD014');
select throws_ok(
    format('select learning.record_closed_trade(pg_temp.trade(%L))', '{"trade_id": "bad"}'::jsonb || b.change),
    b.code, null, b.code || ': ' || b.change
)
from bad as b;

select is(
    learning.record_closed_trades((
        select jsonb_agg(pg_temp.trade('{"trade_id": "bad"}'::jsonb || b.change))
            || pg_temp.trade('{"trade_id": "t4"}') || pg_temp.trade('{}') || '"no trade"'
        from bad as b
    ), 'test') - 'reasons',
    '{"read": 33, "new": 1, "already_there": 1, "rejected": 31}', 'in a batch the good one comes in'
);
select results_eq(
    $$select count(*), count(*) filter (where reason = 'unknown timeframe ''1m''' and payload ->> 'timeframe' = '1m')
    from learning.episode_rejects where source = 'test' and sqlstate like 'QD0%'$$,
    'values (31::bigint, 1::bigint)', 'and the bad ones are kept, the 1m trade with its reason'
);
select is(
    (select count(*) from learning.allocation_history), 4::bigint, 'the history has the good ones'
);
select is(
    tests.sqlstate_as('quadrant_pm', $$select learning.record_closed_trade('{}')$$)
        || tests.sqlstate_as('quadrant_pm', $$select pm.record_closed_trade('{}')$$),
    '42501QD006', 'the PM has its own entry'
);

-- A trade told before the future was refused stops no average for ever.
update learning.learning_configs
set config_data = jsonb_set(config_data, '{global_roi,updated_at}', '"2999-01-01T00:00:00+00:00"')
where module_id = 'decision_maker';
select isnt(
    learning.record_closed_trade(pg_temp.trade('{"trade_id": "t9", "closed_at": "2026-02-05"}')), null,
    'after a trade of the future one of today'
);
select is(
    (select (c.config_data #>> '{global_roi,updated_at}')::timestamptz
    from learning.learning_configs as c where c.module_id = 'decision_maker'),
    '2026-02-05 00:00+00', 'is the newest'
);

select * from finish();
rollback;

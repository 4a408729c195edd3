begin;
select plan(17);

create function pg_temp.trade(p_id text, p_change jsonb) returns void language sql as $$
    select learning.record_closed_trade(jsonb_build_object('trade_id', p_id, 'timeframe', '1h',
        'roi', 0.05, 'closed_at', '2026-01-05T12:00:00Z', 'pattern_key', 'pm.uptrend.S1.entry') || p_change)
$$;
create function pg_temp.flags(p_id text) returns text language sql as $$
    select string_agg(distinct concat_ws(' ', did_trim, reached_s3), ', ')
    from learning.pattern_trade_events where trade_id = p_id
$$;
create function pg_temp.warnings(p_id text) returns jsonb language sql as $$
    select jsonb_agg(data - 'trade_id' order by id) from learning.learning_log
    where level = 'WARNING' and event = 'Trade told otherwise' and data ->> 'trade_id' = p_id
$$;

-- Trims among the actions.
do $$begin perform pg_temp.trade('a', '{"actions": ["entry", "add", "trim", "exit"]}'); end$$;
select is(pg_temp.flags('a'), 't f', 'a trim among the actions is a trim');
select is(pg_temp.warnings('a'), null, 'nothing was told, nothing contradicts');
do $$begin perform pg_temp.trade('b', '{"actions": ["entry", "trim", "exit"], "did_trim": false}'); end$$;
select is(pg_temp.flags('b'), 't f', 'whatever is told');
select is(
    pg_temp.warnings('b'), '[{"did_trim": {"told": false, "derived": true}}]', 'and the log says so'
);
do $$begin perform pg_temp.trade('c', '{"actions": ["entry", "exit"], "did_trim": true}'); end$$;
select is(
    pg_temp.flags('c') || ' ' || pg_temp.warnings('c')::text,
    'f f [{"did_trim": {"told": true, "derived": false}}]', 'an emergency exit, an exit, is no trim'
);
do $$begin perform pg_temp.trade('d', '{"actions": ["entry"], "did_trim": true, "reached_s3": true}'); end$$;
select is(
    pg_temp.flags('d') || coalesce(pg_temp.warnings('d')::text, ''), 't t',
    'a list without its end tells nothing of trims: what is told stands'
);
do $$begin perform pg_temp.trade('e', '{"did_trim": true, "reached_s3": true}'); end$$;
select is(pg_temp.flags('e'), 't t', 'without actions too');
do $$begin perform pg_temp.trade('f', '{"actions": ["entry", {"action": "add", "pattern_key": "pm.s3_retest"},
    "exit"], "reached_s3": false}'); end$$;
select is(
    pg_temp.flags('f') || ' ' || pg_temp.warnings('f')::text,
    'f t [{"reached_s3": {"told": false, "derived": true}}]', 'what was bought in S3 reached it'
);

-- Stages of the position inside the trade.
insert into learning.lowcap_positions (token_contract, token_chain, symbol, timeframe)
select x, 'c', x, '1h' from unnest(array['up', 'down', 'late', 'in']) as x;
insert into learning.ad_strands (kind, position_id, content, happened_at)
select 'uptrend_stage_transition', p.position_id, jsonb_build_object('before', s.was, 'after', s.is_now), s.at
from (values
    ('up', 'S0', 'S1', timestamptz '2026-01-05 08:00Z'), ('up', 'S2', 'S3', '2026-01-05 10:00Z'),
    ('down', 'S0', 'S1', '2026-01-05 08:00Z'), ('down', 'S1', 'S0', '2026-01-05 12:00Z'),
    ('late', 'S2', 'S3', '2026-01-05 12:30Z'),
    ('in', 'S2', 'S3', '2026-01-05 08:00Z')
) as s (symbol, was, is_now, at)
join learning.lowcap_positions as p on p.symbol = s.symbol;
do $$begin
    perform pg_temp.trade(p.symbol, jsonb_build_object('position_id', p.position_id, 'reached_s3',
        p.symbol in ('down', 'late'), 'opened_at', '2026-01-05T09:00:00Z'))
    from learning.lowcap_positions as p;
end$$;
select is(pg_temp.flags('up') || ' ' || pg_temp.warnings('up')::text,
    'f t [{"reached_s3": {"told": false, "derived": true}}]', 'S3 inside the trade');
select is(pg_temp.flags('in'), 'f t', 'a trade opened in S3 has reached it');
select is(pg_temp.flags('down') || ' ' || pg_temp.warnings('down')::text,
    'f f [{"reached_s3": {"told": true, "derived": false}}]', 'no S3 where the stages are known');
select is(pg_temp.flags('late'), 'f f', 'S3 after the trade is none of its own: it began in S2');

-- Strands of closed trades (the aggregator) and imports.
insert into learning.ad_strands (kind, trade_id, content, happened_at) values
    ('position_closed', 'g', '{"pattern_key": "pm.uptrend.S1.entry", "roi": 0.1, "did_trim": false,
        "actions": ["entry", "trim", "exit"]}', '2026-01-05');
do $$begin perform learning.aggregate_trades(); end$$;
select is(pg_temp.flags('g') || ' ' || pg_temp.warnings('g')::text,
    't f [{"did_trim": {"told": false, "derived": true}}]', 'told by a strand');
create function pg_temp.import(p_ordinal int, p_action text) returns text language sql as $$
    select min(r.written) from learning.import_rows('trade', array[jsonb_build_object(
        'trade_id', 'h', 'ordinal', p_ordinal, 'action_category', p_action, 'roi', 0.1,
        'pattern_key', 'pm.uptrend.S1.entry', 'closed_at', '2026-01-05T12:00:00Z', 'did_trim', true)::text],
        'test') as r
$$;
do $$begin perform pg_temp.import(1, 'entry'), pg_temp.import(3, 'exit'); end$$;
select is(pg_temp.flags('h'), 'f f', 'imported: an exit and no trim');
do $$begin perform pg_temp.import(2, 'trim'); end$$;
select is(pg_temp.flags('h'), 't f', 'and where the trim comes later, all of the trade is told right');

select is(
    (select string_agg(concat_ws(' ', trade_id, did_trim, reached_s3), ', ' order by trade_id)
    from analyst.trades where trade_id in ('b', 'c', 'up')),
    'b t f, c f f, up f t', 'analyst.trades shows what is right'
);
do $$begin perform pg_temp.trade('none', '{"pattern_key": null, "did_trim": true}'); end$$;
select is(
    (select did_trim from analyst.trades where trade_id = 'none'), true,
    'and what was told of a trade without events'
);

select * from finish();
rollback;

begin;
select plan(9);

create function pg_temp.raised(p_statement text) returns jsonb language plpgsql as $$
declare
    v_message text;
    v_detail text;
    v_hint text;
begin
    execute p_statement;
    return null;
exception when others then
    get stacked diagnostics v_message = message_text, v_detail = pg_exception_detail,
        v_hint = pg_exception_hint;
    return jsonb_build_object('code', sqlstate, 'message', v_message, 'detail', v_detail, 'hint', v_hint);
end
$$;
create temporary table episode as
select '{"pattern_key": "S1", "window_id": "w", "decision": "perhaps", "roi": "0.5", "outcome": "won",
    "decided_at": "2999-01-01", "scope": [], "rio": 1, "blocked_by": "ts"}'::jsonb as bad;

select results_eq(
    $$select p.field, p.code from episode as e, learning.problems_of('episode', e.bad) as p$$,
    $$values ('rio', 'QD014'), ('decided_at', 'QD017'), ('pattern_key', 'QD001'), ('decision', 'QD002'),
        ('outcome', 'QD003'), ('scope', 'QD004'), ('blocked_by', 'QD014'), ('roi', 'QD014')$$,
    'every problem of an experiment, in the order of its check'
);
select results_eq(
    $$select p.code, p.reason from learning.problems_of('trade', '{"roi": 50, "ordinal": 0}') as p$$,
    $$values ('QD018', 'roi is 50, which is 5000 %'), ('QD006', 'trade_id is missing'),
        ('QD006', 'pattern_key is missing'), ('QD006', 'action_category is missing'),
        ('QD006', 'closed_at is missing'), ('QD046', 'ordinal is out of range: 0')$$,
    'and of an action of a trade, what is missing too'
);
select is_empty(
    $$select * from learning.problems_of('episode', '{"pattern_key": "pm.s1_entry", "window_id": "w",
        "decision": "acted", "timestamp": "2026-01-05"}')$$, 'a good one has none'
);
select is(
    pg_temp.raised($$select pm.record_episode(bad) from episode$$) - 'hint',
    '{"code": "QD014", "message": "''rio'' is no field", "detail": "8 problems: QD014 ''rio'' is no field; QD017 decided_at lies in the future: 2999-01-01 00:00:00+00; QD001 unknown pattern key ''S1''; QD002 unknown decision ''perhaps''; QD003 unknown outcome ''won''; QD004 the scope is not an object of plain values; QD014 blocked_by is not an array of gate names; QD014 roi is no number: \"0.5\""}',
    'the PM is told the first, and all of them in the detail'
);
select is(
    pg_temp.raised($$select pm.record_closed_trade('{"trade_id": "t", "roi": 30, "closed_at": "2999-01-01"}')$$)
        ->> 'detail',
    '3 problems: QD006 timeframe is missing; QD018 roi is 30, which is 3000 %; QD017 closed_at lies in the future: 2999-01-01 00:00:00+00',
    'so it is with a closed trade'
);
select is(
    pg_temp.raised($$select pm.record_closed_trade('{"trade_id": "t", "roi": 0.1, "closed_at": "2026-01-05",
        "timeframe": "1m"}')$$) ->> 'detail', '', 'one problem needs no list'
);
select is(
    (select r.reason from pm.record_episodes((select jsonb_build_array(bad - 'rio' - 'scope') from episode)) as r),
    'decided_at lies in the future: 2999-01-01 00:00:00+00; unknown pattern key ''S1''; unknown decision '
        '''perhaps''; unknown outcome ''won''; blocked_by is not an array of gate names; roi is no number: "0.5"',
    'a reject is kept with all of its reasons'
);
select is(
    pm.record_closed_trades('[{"trade_id": "t", "roi": 30, "closed_at": "2026-01-05"}]')
        #>> '{reasons,0,reason}',
    'timeframe is missing; roi is 30, which is 3000 %', 'that of a closed trade too'
);
select is(
    pg_temp.raised($$select * from pm.enroll_positions('f', '[{"symbol": "S"}, {"token_chain": "c",
        "token_contract": "C", "symbol": "S", "timeframe": "1m"}, 7]')$$) - 'hint',
    '{"code": "QD006", "message": "position 1: token_chain is missing", "detail": "3 problems: position 1: token_chain is missing; position 2: unknown timeframe ''1m''; position 3: the row is not an object of fields"}',
    'and those of positions'
);

select * from finish();
rollback;

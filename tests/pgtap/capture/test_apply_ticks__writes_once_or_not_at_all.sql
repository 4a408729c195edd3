begin;
select plan(19);

create temporary table enrolled as
select *
from pm.enroll_positions('feed', '[
    {"token_contract": "X", "token_chain": "c", "symbol": "X", "timeframe": "1h"},
    {"token_contract": "Y", "token_chain": "c", "symbol": "Y", "timeframe": "1h"}
]');
create function pg_temp.tick(
    p_version bigint, p_window jsonb, p_result jsonb default '{}', p_epoch bigint default 1
) returns integer
language sql
as $$
    select pm.apply_ticks(
        'feed', p_epoch, '{"1h": 3600000}', '[]',
        (
            select jsonb_agg(jsonb_build_object(
                'position_id', e.position_id, 'version', p_version, 'state', '{"state": "S1"}'::jsonb,
                'last_bar_ms', 3600000
            ))
            from enrolled as e
        ),
        jsonb_build_array('{
            "window_id": "w", "episode_id": "e", "attempt_id": "a", "episode_type": "s1_entry",
            "pattern_key": "pm.uptrend.S1.entry", "scope": {"chain": "c"}, "opened_ms": 3600000
        }'::jsonb || p_window),
        jsonb_build_array('{"window_id": "w"}'::jsonb || p_result),
        '[]',
        '[{"kind": "pm_action", "happened_ms": 3600000, "strand_key": "s"}]'
    )
$$;

select results_eq(
    'select e.symbol, e.state, e.version, e.last_bar_ms from enrolled as e order by 1',
    $$values ('X', '{}'::jsonb, 0::bigint, null::bigint), ('Y', '{}', 0, null)$$,
    'unknown positions are created with an empty state'
);
select is(pg_temp.tick(0, '{}'), 1, 'a window is opened');
select throws_ok(
    $$select pg_temp.tick(0, '{"decision": "skipped", "decided_ms": 3600000}')$$, 'QD008', null,
    'a ticker with an old version is refused'
);
select results_eq(
    'select e.decision from learning.pattern_episode_events as e', 'values (null::text)',
    'and nothing of its tick is there'
);
select throws_ok(
    $$select pg_temp.tick(1, '{"decision": "skipped", "decided_ms": 3600000}', '{}', 2)$$,
    'QD008', null, 'and so is one of another epoch'
);
select is(
    pg_temp.tick(1, '{"decision": "skipped", "decided_ms": 3600000, "blocked_by": ["ts"]}',
        '{"outcome": "neutral", "outcome_reason": "data gap", "outcome_ms": 7200000}'),
    1, 'the one with the right version goes on'
);
select is(
    pg_temp.tick(2, '{"decision": "skipped", "decided_ms": 3600000, "blocked_by": ["ts"]}',
        '{"outcome": "success", "outcome_ms": 9000000, "roi": 0.5, "roi_ms": 9000000}'),
    1, 'a later tick of the window'
);
select results_eq(
    $$select e.decision, e.blocked_by, e.outcome, e.roi, extract(epoch from e.decided_at)::integer
    from learning.pattern_episode_events as e$$,
    $$values ('skipped', '{ts}'::text[], 'success', 0.5::double precision, 3600)$$,
    'replaces a neutral outcome and leaves the decision'
);
select is(
    (select e.outcome_reason from learning.pattern_episode_events as e), null,
    'whose reason explains no other outcome'
);
select is(
    pg_temp.tick(3, '{}', '{"outcome": "failure", "outcome_ms": 9900000, "roi": -0.5,
        "roi_ms": 9900000}'),
    1, 'another outcome'
);
select results_eq(
    'select e.outcome, e.roi from learning.pattern_episode_events as e',
    $$values ('success', 0.5::double precision)$$,
    'does not replace a real one, nor the virtual result'
);
select is(
    pg_temp.tick(4, '{"decision": "acted", "decided_ms": 3600000, "trade_id": "t"}'),
    1, 'a fill reported late'
);
select results_eq(
    'select e.decision, e.blocked_by, e.trade_id from learning.pattern_episode_events as e',
    $$values ('acted', '{}'::text[], 't')$$,
    'corrects a skip'
);
select is(
    pg_temp.tick(5, '{"decision": "skipped", "decided_ms": 3600000, "blocked_by": ["ts"]}'),
    1, 'but a skip told afterwards'
);
select results_eq(
    'select e.decision, e.blocked_by from learning.pattern_episode_events as e',
    $$values ('acted', '{}'::text[])$$,
    'does not take an acted decision back'
);
select is(
    (select count(*) from learning.ad_strands), 1::bigint, 'a strand told many times is there once'
);
select throws_ok(
    $$select pm.apply_ticks('feed', 1, '{"1h": 32472144000000}', '[]', '[]', '[]', '[]', '[]', '[]')$$,
    'QD017', null, 'a bar of the future is refused'
);
select throws_ok(
    $$select pm.apply_ticks('feed', 1, '{}', '[]', '[]', '[]', '[]', '[]',
        '[{"kind": "pm_action", "happened_ms": 32472144000000, "strand_key": "z"}]')$$,
    'QD017', null, 'and so is an order'
);
select results_eq(
    $$select p.symbol, p.version, p.last_bar_ms from pm.enroll_positions('other', '[
        {"token_contract": "X", "token_chain": "c", "symbol": "X", "timeframe": "1h"}
    ]') as p$$,
    $$values ('X', 6::bigint, 3600000::bigint)$$,
    'another feed goes on from the newest bar ticked'
);

select * from finish();
rollback;

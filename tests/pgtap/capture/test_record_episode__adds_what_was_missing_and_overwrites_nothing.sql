begin;
select plan(25);

create function pg_temp.episode(p_change jsonb) returns jsonb language sql as $$
    select '{"pattern_key": "pm.breakout.range.entry", "window_id": "w1", "decision": "skipped",
        "decided_at": "2026-01-05T00:37:00", "blocked_by": ["volume_surge"],
        "scope": {"timeframe": "5m"}, "factors": {"volume_surge": 1.7}}'::jsonb || p_change
$$;
create function pg_temp.written(p_change jsonb) returns text language sql as $$
    select r.written from pm.record_episode(pg_temp.episode(p_change)) as r
$$;
create function pg_temp.stored() returns learning.pattern_episode_events language sql as $$
    select e from learning.pattern_episode_events as e where e.window_id = 'w1'
$$;

select results_eq(
    $$select r.id = (pg_temp.stored()).id, r.window_id, r.written
    from pm.record_episode(pg_temp.episode('{}')) as r$$,
    $$values (true, 'w1', 'new')$$,
    'a pending one is recorded, of a pattern nobody registered'
);
select results_eq(
    $$select r.id = (pg_temp.stored()).id, r.window_id, r.written
    from pm.record_episode(pg_temp.episode('{}')) as r$$,
    $$values (true, 'w1', 'already there')$$, 'twice is once'
);
select is((pg_temp.stored()).episode_type, 'own', 'it is an experiment of one''s own');
select is((pg_temp.stored()).blocked_by, '{volume_surge}', 'with what blocked it');

select is(
    pg_temp.written('{"outcome": "neutral", "outcome_reason": "data gap"}'), 'completed',
    'neutral closes a pending one'
);
select is(
    pg_temp.written('{"outcome": "success", "outcome_at": "2026-01-06"}'), 'completed',
    'a real outcome replaces neutral'
);
select is((pg_temp.stored()).outcome, 'success', 'it is there');
select is((pg_temp.stored()).outcome_reason, null, 'without the reason of neutral');
select is(pg_temp.written('{"outcome": "success", "outcome_reason": "target"}'), 'completed', 'its own may follow');
select is((pg_temp.stored()).outcome_at, '2026-01-06 00:00+00', 'with its time');
select is(
    pg_temp.written('{"outcome": "failure", "outcome_reason": "stop", "outcome_at": "2026-01-07"}'), 'already there',
    'a real outcome is not overwritten'
);
select is((pg_temp.stored()).outcome_reason, 'target', 'nor is its reason');
select is(pg_temp.written('{"outcome": "neutral"}'), 'already there', 'nor by neutral');
select is(
    pg_temp.written('{"roi": 0.04, "roi_at": "2026-01-08", "exit_price": 1.04}'), 'completed',
    'the virtual result comes last'
);
select is(pg_temp.written('{"roi": -0.5, "roi_at": "2026-01-09"}'), 'already there', 'and stays');
select is(
    pg_temp.written('{"decision": "acted", "decided_at": "2026-01-09", "blocked_by": [],
        "scope": {"timeframe": "1h"}}'), 'already there', 'a decision is not overwritten'
);
select is(
    pg_temp.written('{"factors": {"volume_surge": 9, "samples": [{"volume_surge": 1.7}]}}'),
    'completed', 'samples may come later'
);
select results_eq(
    $$select (s).decision, (s).decided_at, (s).blocked_by, (s).scope, (s).outcome, (s).outcome_at,
        (s).roi, (s).roi_at, (s).exit_price, (s).factors
    from pg_temp.stored() as s$$,
    $$values ('skipped', '2026-01-05 00:37+00'::timestamptz, '{volume_surge}'::text[],
        '{"timeframe": "5m"}'::jsonb, 'success', '2026-01-06 00:00+00'::timestamptz, 0.04::float8,
        '2026-01-08 00:00+00'::timestamptz, 1.04::float8,
        '{"volume_surge": 1.7, "samples": [{"volume_surge": 1.7}]}'::jsonb)$$,
    'everything that was there first stands'
);
select throws_ok(
    $$select pg_temp.written('{"pattern_key": "pm.breakout.range.exit"}')$$, 'QD040', null,
    'a window is one pattern''s'
);
select throws_ok($$select * from pm.record_episode('[]')$$, 'QD014', null, 'an array is none');
select throws_ok($$select * from pm.record_episode(null)$$, 'QD014', null, 'nor is nothing');

select results_eq(
    $$select r.place, r.written, r.code from pm.record_episodes(jsonb_build_array(
        pg_temp.episode('{"window_id": "w2"}'), pg_temp.episode('{"decision": "perhaps"}'),
        pg_temp.episode('{"pattern_key": "pm.other.one"}'), pg_temp.episode('{}')
    )) as r$$,
    $$values (1, 'new', null), (2, 'rejected', 'QD002'), (3, 'rejected', 'QD040'),
        (4, 'already there', null)$$,
    'of several, the good ones'
);
select bag_eq(
    $$select source, kind, payload from learning.episode_rejects$$,
    $$select 'pm.record_episodes' as s, 'episode' as k, pg_temp.episode(c) from unnest(array[
        '{"decision": "perhaps"}', '{"pattern_key": "pm.other.one"}'
    ]::jsonb[]) as c$$,
    'the others are kept'
);
select throws_ok($$select * from pm.record_episodes('{}')$$, 'QD014', null, 'not an array');
select is(
    tests.sqlstate_as('quadrant_pm', $$select * from pm.record_episode('{"pattern_key":
        "pm.breakout.range.entry", "window_id": "w3", "decision": "acted", "decided_at":
        "2026-01-05"}')$$), null, 'the PM may record'
);

select * from finish();
rollback;

begin;
select plan(27);

create function pg_temp.row_with(p_change jsonb) returns jsonb language sql as $$
    select '{"pattern_key": "pm.s1_entry", "episode_id": "e1", "decision": "add", "outcome": "success",
        "scope": {"timeframe": "1m", "bucket": "micro"}, "factors": {"ts_score": 0.7},
        "timestamp": "2026-01-05T00:37:00+00:00", "roi": 0.05}'::jsonb || p_change
$$;

select is(learning.import_episode(pg_temp.row_with('{}')), 'new', 'a good row comes in');
select results_eq(
    $$select window_id, episode_id, attempt_id, pattern_key, decision, outcome, decided_at, roi
    from learning.pattern_episode_events$$,
    $$values ('e1', 'e1', 'e1', 'pm.uptrend.S1.entry', 'acted', 'success',
        '2026-01-05 00:37+00'::timestamptz, 0.05::float8)$$,
    'add is acted, the episode names window and attempt, the timestamp is the decision''s'
);
select is(learning.import_episode(pg_temp.row_with('{}')), 'already there', 'twice is once');
select is(
    learning.import_episode(pg_temp.row_with('{"episode_id": "e2", "outcome": null}')), 'new',
    'a pending one keeps its decision'
);
select is(
    learning.import_episode(pg_temp.row_with('{"episode_id": "e2", "outcome": "failure"}')), 'completed',
    'its outcome may come later'
);
select is(
    learning.import_episode(pg_temp.row_with('{"episode_id": "e2", "outcome": "success"}')), 'already there',
    'and is not replaced by another'
);
select is(
    (select outcome from learning.pattern_episode_events where window_id = 'e2'), 'failure', 'really'
);

create temporary table bad (change jsonb, code text);
insert into bad values
    ('{"pattern_key": "nonsense"}', 'QD001'), ('{"decision": "maybe"}', 'QD002'),
    ('{"outcome": "won"}', 'QD003'), ('{"scope": []}', 'QD004'), ('{"scope": {"a": {}}}', 'QD004'),
    ('{"scope": {"a": null}}', 'QD004'), ('{"roi": "NaN"}', 'QD005'), ('{"roi": "-Infinity"}', 'QD005'),
    ('{"factors": {"samples": [{"ts": "NaN"}]}}', 'QD005'), ('{"pattern_key": ""}', 'QD006'),
    ('{"episode_id": ""}', 'QD006'), ('{"decision": null}', 'QD006'), ('{"timestamp": ""}', 'QD006'),
    ('{"scope": {"timeframe": "2h"}}', 'QD007'), ('{"timestamp": "yesterday-ish"}', 'QD014'),
    ('{"roi": "five"}', 'QD014');
select throws_ok(
    format('select learning.import_episode(pg_temp.row_with(%L))', b.change), b.code, null,
    b.code || ': ' || b.change
)
from bad as b;

select results_eq(
    $$select r ->> 'read', r ->> 'new', r ->> 'rejected' from learning.import_episodes((
        select jsonb_agg(pg_temp.row_with(b.change)) || pg_temp.row_with('{"episode_id": "e3"}') || '"no row"'
        from bad as b
    ), 'test') as r$$,
    $$values ('18', '1', '17')$$,
    'in a batch the good row comes in'
);
select is(
    (select count(*) from learning.episode_rejects where source = 'test' and sqlstate like 'QD0%'),
    17::bigint, 'and the bad ones are kept with their codes'
);
select is(
    (learning.import_episodes(
        (select jsonb_agg(pg_temp.row_with(jsonb_build_object('episode_id', 'e' || i)))
            from generate_series(1, 5) as i), 'test'
    ) - 'reasons'),
    '{"read": 5, "new": 2, "completed": 0, "already_there": 3, "rejected": 0}'::jsonb,
    'a batch says what was new'
);
select is(
    (learning.import_episodes(jsonb_build_array(
        pg_temp.row_with('{"episode_id": "e9"}'), pg_temp.row_with('{"episode_id": "e9"}')
    ), 'test') - 'reasons'),
    '{"read": 2, "new": 1, "completed": 0, "already_there": 1, "rejected": 0}'::jsonb,
    'the same row twice in a batch is one row'
);

select * from finish();
rollback;

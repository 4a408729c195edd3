begin;
select plan(63);

create function pg_temp.row_with(p_change jsonb) returns jsonb language sql as $$
    select '{"pattern_key": "pm.s1_entry", "episode_id": "e1", "decision": "add", "outcome": "success",
        "scope": {"timeframe": "1m", "bucket": "micro"}, "factors": {"ts_score": 0.7},
        "timestamp": "2026-01-05T00:37:00+00:00", "roi": 0.05}'::jsonb || p_change
$$;
create function pg_temp.written(p_change jsonb) returns text language sql as $$
    select r.written from learning.import_row('episode', pg_temp.row_with(p_change)) as r
$$;

select is(pg_temp.written('{}'), 'new', 'a good row comes in');
select results_eq(
    $$select window_id, episode_id, attempt_id, pattern_key, decision, outcome, decided_at, roi
    from learning.pattern_episode_events$$,
    $$values ('e1', 'e1', 'e1', 'pm.uptrend.S1.entry', 'acted', 'success',
        '2026-01-05 00:37+00'::timestamptz, 0.05::float8)$$,
    'add is acted, the episode names window and attempt, the timestamp is the decision''s'
);
select is(pg_temp.written('{}'), 'already there', 'twice is once');

create temporary table bad (change jsonb, code text);
insert into bad values
    ('{"pattern_key": "nonsense"}', 'QD001'), ('{"decision": "maybe"}', 'QD002'),
    ('{"outcome": "won"}', 'QD003'), ('{"scope": []}', 'QD004'), ('{"scope": {"a": {}}}', 'QD004'),
    ('{"scope": {"a": null}}', 'QD004'), ('{"roi": "NaN"}', 'QD005'), ('{"roi": "-Infinity"}', 'QD005'),
    ('{"factors": {"samples": [{"ts": "NaN"}]}}', 'QD005'), ('{"factors": {"a": 1e309}}', 'QD005'),
    ('{"factors": {"samples": [1]}}', 'QD014'), ('{"factors": {"samples": {}}}', 'QD014'),
    ('{"pattern_key": ""}', 'QD006'), ('{"episode_id": ""}', 'QD006'), ('{"decision": null}', 'QD006'),
    ('{"timestamp": ""}', 'QD006'), ('{"scope": {"timeframe": "2h"}}', 'QD007'),
    ('{"timestamp": "yesterday-ish"}', 'QD014'), ('{"timestamp": "infinity"}', 'QD014'),
    ('{"timestamp": "2026-01-01 Mars/Base"}', 'QD014'), ('{"timestamp": "0044-03-15 BC"}', 'QD014'),
    ('{"roi": "five"}', 'QD014'), ('{"blocked_by": "ts"}', 'QD014'), ('{"trade_id": {}}', 'QD014'),
    ('{"roi": 10001}', 'QD046'),
    ('{"outcom": "success"}', 'QD014'),
    ('{"window": "w"}', 'QD014'),
    ('{"roi": "0.05"}', 'QD014'),
    ('{"roi": ""}', 'QD014'),
    ('{"roi": "nan"}', 'QD005'),
    ('{"entry_price": "1.5"}', 'QD014'),
    ('{"roi": 5.5e3}', 'QD018'),
    ('{"roi": -1.5}', 'QD018'),
    ('{"roi": -2.1, "roi_is_checked": true}', 'QD046'),
    ('{"roi": 50, "roi_is_checked": "true"}', 'QD014'),
    ('{"timestamp": 1767573420}', 'QD014'),
    ('{"timestamp": "2999-01-01"}', 'QD017'),
    ('{"opened_at": "2999-01-01"}', 'QD017'),
    ('{"closed_at": "2999-01-01"}', 'QD017'),
    ('{"outcome_at": "2999-01-01"}', 'QD017'),
    ('{"roi_at": "2999-01-01"}', 'QD017'),
    ('{"factors": {"samples": [{"ts_score": 0.5}, {"ts_scor": 0.5}]}}', 'QD019'),
    ('{"factors": {"samples": [{"dx_score": 0.5}]}}', 'QD019'),
    ('{"factors": {"samples": [{"ts_score": "0.5"}]}}', 'QD014'),
    ('{"factors": {"samples": [{"ts_score": "nan"}]}}', 'QD005'),
    ('{"factors": {"ts_score": "0.5"}}', 'QD014'),
    ('{"factors": {"samples": [{"ts": 1767573420, "ts_score": 0.5}]}}', 'QD014'),
    ('{"factors": {"samples": [{"ts": 32472144000000, "ts_score": 0.5}]}}', 'QD017'),
    ('{"factors": {"ts_score": 57}}', 'QD056'),
    ('{"factors": {"samples": [{"ts_score": -0.1}]}}', 'QD056');
insert into bad values
    (jsonb_build_object('episode_id', repeat('x', 201)), 'QD041'),
    (jsonb_build_object('scope', jsonb_build_object('a', repeat('x', 10000))), 'QD041'),
    (jsonb_build_object('factors', (repeat('{"a":', 40) || '1' || repeat('}', 40))::jsonb), 'QD041');
select throws_ok(
    format('select pg_temp.written(%L)', b.change), b.code, null,
    b.code || ': ' || left(b.change::text, 60)
)
from bad as b;

select results_eq(
    $$select r.written, count(*) from learning.import_rows('episode', array(
        select pg_temp.row_with(b.change)::text from bad as b
        union all select pg_temp.row_with('{"episode_id": "e3"}')::text
        union all select * from unnest(array['"no row"', 'no json', '{"a": "\u0000"}', null])
    ), 'test') as r group by 1 order by 1$$,
    $$values ('new', 1::bigint), ('rejected', 57)$$,
    'in a batch the good row comes in'
);
select bag_eq(
    $$select sqlstate from learning.episode_rejects where source = 'test' and kind = 'episode'$$,
    $$select code from bad union all select 'QD014' from generate_series(1, 4)$$,
    'and the bad ones are kept with their codes'
);
select results_eq(
    $$select r.place, r.written from learning.import_rows('episode', array[
        pg_temp.row_with('{"episode_id": "e9", "outcome": null}')::text,
        pg_temp.row_with('{"episode_id": "e9"}')::text,
        pg_temp.row_with('{"episode_id": "e8"}')::text,
        pg_temp.row_with('{"episode_id": "e9"}')::text
    ], 'test') as r order by r.place$$,
    $$values (1, 'new'), (2, 'completed'), (3, 'new'), (4, 'already there')$$,
    'rows of one window in a batch are stored in their order'
);

select is(pg_temp.written(g.change), 'new', g.what)
from (values
    ('{"episode_id": "g1", "roi": 50, "roi_is_checked": true}'::jsonb, 'a large win that was looked at'),
    ('{"episode_id": "g2", "roi": -1.01, "roi_is_checked": true}', 'a loss of everything and the fees'),
    ('{"episode_id": "g3", "factors": {"ts_score": 1.25, "samples": [{"ts": 1767573420000, "ts_score": 0.7,
        "halo_distance": 0.2, "slope": 0.01, "entry_price": 1.5, "after": true, "ts_adjustment": 0}]}}',
        'a sample with all that capture writes'),
    ('{"episode_id": "g4", "pattern_key": "pm.any.pattern", "factors": {"ts_score": 57,
        "samples": [{"whatever": 1}]}}', 'a pattern without gates has samples of its own')
) as g (change, what);

select * from finish();
rollback;

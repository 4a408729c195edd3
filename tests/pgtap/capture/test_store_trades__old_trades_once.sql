begin;
select plan(28);

create function pg_temp.trade(p_change jsonb) returns jsonb language sql as $$
    select '{"trade_id": "t1", "pattern_key": "module=pm|pattern_key=uptrend.S1.entry",
        "action_category": "entry", "roi": 0.05, "closed_at": "2026-01-05T00:37:00",
        "scope": {"timeframe": "1m"}, "did_trim": true, "reached_s3": false, "hold_hours": 2.5}'::jsonb
        || p_change
$$;
create temporary table configs as select module_id, config_data from learning.learning_configs;

select results_eq(
    $$select r.place, r.written from learning.import_rows('trade', array[
        pg_temp.trade('{}')::text, pg_temp.trade('{"ordinal": 2, "action_category": "trim"}')::text,
        pg_temp.trade('{}')::text, pg_temp.trade('{"roi": 0.06}')::text
    ], 'test') as r order by r.place$$,
    $$values (1, 'new'), (2, 'new'), (3, 'already there'), (4, 'rejected')$$,
    'one row per action, however often it comes'
);
select results_eq(
    $$select trade_id, ordinal, pattern_key, action_category, scope, roi, did_trim, reached_s3,
        hold_hours, closed_at
    from learning.pattern_trade_events order by ordinal$$,
    $$values ('t1', 1, 'pm.uptrend.S1.entry', 'entry', '{"timeframe": "1m"}'::jsonb, 0.05::float8,
            true, false, 2.5::float8, '2026-01-05 00:37+00'::timestamptz),
        ('t1', 2, 'pm.uptrend.S1.entry', 'trim', '{"timeframe": "1m"}', 0.05, true, false, 2.5,
            '2026-01-05 00:37+00')$$,
    'as they were'
);
select results_eq(
    'select kind, sqlstate, payload ->> $$roi$$ from learning.episode_rejects',
    $$values ('trade', 'QD040', '0.06')$$, 'another action of the same name is kept as a reject'
);
select is_empty(
    'select module_id, config_data from learning.learning_configs except select * from configs',
    'old trades step no allocation'
);
select is_empty('select * from learning.allocation_history', 'nor write of it');

create temporary table bad (change jsonb, code text);
insert into bad values
    ('{"trade_id": null}', 'QD006'), ('{"pattern_key": ""}', 'QD006'), ('{"roi": null}', 'QD006'),
    ('{"action_category": null}', 'QD006'), ('{"closed_at": null}', 'QD006'),
    ('{"pattern_key": "S1"}', 'QD001'), ('{"action_category": "buy"}', 'QD047'),
    ('{"roi": "inf"}', 'QD005'), ('{"roi": 20000}', 'QD046'), ('{"hold_hours": -1}', 'QD046'),
    ('{"ordinal": 0}', 'QD046'), ('{"ordinal": 1.5}', 'QD046'), ('{"did_trim": "maybe"}', 'QD014'),
    ('{"roi": "0.05"}', 'QD014'), ('{"did_trim": "yes"}', 'QD014'), ('{"reached_s3": 1}', 'QD014'),
    ('{"rio": 0.05}', 'QD014'), ('{"roi": -1.01}', 'QD018'), ('{"roi": 10.5}', 'QD018'),
    ('{"closed_at": 1767573420}', 'QD014'), ('{"closed_at": "2999-01-01"}', 'QD017'),
    ('{"scope": {"timeframe": "2h"}}', 'QD007'), ('{"scope": "1h"}', 'QD004');
select throws_ok(
    format('select learning.import_row(%L, pg_temp.trade(%L))', 'trade', b.change), b.code, null,
    b.code || ': ' || b.change
)
from bad as b;

select * from finish();
rollback;

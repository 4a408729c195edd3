begin;
select plan(9);

create function pg_temp.lines() returns setof text language sql as $$
    select format('%s %s: %s', l.level, l.event, l.data - 'window_id' - 'scope' - 'pattern_key')
    from learning.learning_log as l order by l.id
$$;
insert into learning.pattern_episode_events (window_id, pattern_key, scope)
values ('w', 'pm.uptrend.S1.entry', '{"bucket": "micro"}');
select is_empty('select pg_temp.lines()', 'an open window is not told of');

update learning.pattern_episode_events
set decision = 'skipped', blocked_by = '{ts,halo}', factors = '{
    "ts_score": 0.5, "ts_min": 0.6, "halo_distance": 1.2, "halo_max": 1, "slope": 0, "slope_min": 0
}';
select results_eq('select pg_temp.lines()', $$values
    ('INFO EPISODE EVENT: {"reason": "ts, halo", "decision": "skipped"}')
$$, 'its decision is');
update learning.pattern_episode_events set closed_at = now(), factors = factors || '{"x": 1}';
select is((select count(*) from pg_temp.lines()), 1::bigint, 'once');
update learning.pattern_episode_events set outcome = 'success', outcome_reason = 'reached S3';
update learning.pattern_episode_events set roi = 0.1;
select results_eq('select pg_temp.lines() offset 1', $$values
    ('INFO EPISODE OUTCOME: {"reason": "reached S3", "outcome": "success", "decision": "skipped"}')
$$, 'so is its outcome, once');
select is(
    (select l.data -> 'scope' from learning.learning_log as l limit 1), '{"bucket": "micro"}',
    'with its scope'
);

delete from learning.learning_log;
with position as (
    insert into learning.lowcap_positions (token_contract, token_chain, symbol, timeframe)
    values ('t', 'c', 's', '1h')
    returning position_id
)
insert into learning.pattern_episode_events (
    pattern_key, decision, decided_at, factors, position_id
)
select 'pm.uptrend.S1.entry', 'acted', '2026-01-15 10:09Z', '{"ts_score": 0.5, "slope": 0}',
    p.position_id
from position as p
cross join generate_series(1, 2);
select results_eq(
    $$select l.data -> 'missing', l.data -> 'windows' from learning.learning_log as l where l.level = 'WARNING'$$,
    $$values ('["ts_min", "halo_distance", "halo_max", "slope_min"]'::jsonb, '2'::jsonb)$$,
    'values and thresholds that are missing are warned of'
);
select is(
    (select min(l.clock_at) from learning.learning_log as l where l.level = 'INFO'),
    '2026-01-15 10:09Z'::timestamptz, 'a ticked window is told of in its own time'
);

delete from learning.learning_log;
insert into learning.pattern_episode_events (pattern_key, decision, outcome)
select 'pm.own.setup', 'acted', case when n > 100 then 'failure' end
from generate_series(1, 150) as n;
select is((select count(*) from pg_temp.lines()), 200::bigint, '200 at once are told of one by one');
insert into learning.pattern_episode_events (pattern_key, decision, outcome)
select 'pm.own.setup', 'acted', case when n > 100 then 'failure' end
from generate_series(1, 151) as n;
select results_eq('select pg_temp.lines() offset 200', $$values
    ('INFO EPISODE EVENT, many: {"windows": 151, "decision": "acted"}'),
    ('INFO EPISODE OUTCOME, many: {"outcome": "failure", "windows": 51, "decision": "acted"}')
$$, 'more in short');
select * from finish();
rollback;

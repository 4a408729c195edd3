begin;
select plan(6);

create function pg_temp.ts_at(p_at timestamptz) returns numeric language sql as $$
    select round(g.value::numeric, 9)
    from pm.gates_at('pm.uptrend.S1.entry', '{"timeframe": "15m", "bucket": "micro"}', p_at) as g
    where g.gate = 'ts'
$$;

do $$begin perform tests.clock_at('2026-01-01 00:00+00'); end$$;
insert into learning.pm_overrides (pattern_key, action_category, scope_subset, multiplier)
values ('pm.uptrend.S1.entry', 'tuning_ts_min', '{"timeframe": "15m"}', 0.9);
do $$begin perform tests.clock_at('2026-01-02 00:00+00'); end$$;
insert into learning.pm_overrides (pattern_key, action_category, scope_subset, multiplier)
values ('pm.uptrend.S1.entry', 'tuning_ts_min', '{"timeframe": "15m", "bucket": "micro"}', 1.1);
do $$begin perform tests.clock_at('2026-01-03 00:00+00'); end$$;
update learning.pm_overrides set status = 'proposed' where multiplier = 1.1;
do $$begin perform tests.clock_at('2026-01-04 00:00+00'); end$$;
delete from learning.pm_overrides;

select is(pg_temp.ts_at('2025-12-31'), 0.6, 'before the first override: base');
select is(pg_temp.ts_at('2026-01-01 12:00+00'), 0.54, 'then the first');
select is(pg_temp.ts_at('2026-01-02 12:00+00'), 0.66, 'then the more specific');
select is(pg_temp.ts_at('2026-01-03 12:00+00'), 0.54, 'which was taken back');
select is(pg_temp.ts_at('2026-01-04 12:00+00'), 0.6, 'deleted: base again');
select is(
    (select count(*) from pm.gates_at('pm.uptrend.S1.entry', '{}', '2026-01-02 12:00+00')),
    3::bigint, 'one row per gate'
);

select * from finish();
rollback;

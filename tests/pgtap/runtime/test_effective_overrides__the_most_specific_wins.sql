begin;
select plan(14);

create function pg_temp.halo(p_scope jsonb) returns double precision language sql as $$
    select o.multiplier from pm.effective_overrides('pm.uptrend.S1.entry', p_scope) as o
    where o.action_category = 'tuning_halo'
$$;

select is_empty(
    $$select * from pm.effective_overrides('pm.uptrend.S1.entry', '{"timeframe": "15m"}')$$,
    'without overrides nothing is in force'
);
insert into learning.pm_overrides (pattern_key, action_category, scope_subset, multiplier)
values
    ('pm.uptrend.S1.entry', 'tuning_halo', '{}', 1.1),
    ('pm.uptrend.S1.entry', 'tuning_halo', '{"timeframe": "15m"}', 1.05),
    ('pm.uptrend.S1.entry', 'tuning_halo', '{"timeframe": "15m", "bucket": "micro"}', 1.3);
select is(
    pg_temp.halo('{"timeframe": "15m", "bucket": "micro"}'), 1.3::double precision,
    'three match: the most specific, exactly'
);
select is(
    pg_temp.halo('{"timeframe": "15m", "bucket": "big"}'), 1.05::double precision,
    'two match: the more specific'
);
select is(pg_temp.halo('{}'), 1.1::double precision, 'an empty scope gets the global one');

update learning.pm_overrides set pinned = true where scope_subset = '{}';
select is(
    pg_temp.halo('{"timeframe": "15m", "bucket": "micro"}'), 1.1::double precision,
    'a pinned one outranks all'
);
update learning.pm_overrides set pinned = false;
update learning.pm_overrides set status = 'proposed' where multiplier = 1.3;
select is(
    pg_temp.halo('{"timeframe": "15m", "bucket": "micro"}'), 1.05::double precision,
    'a proposed one is not applied'
);

-- Ties at one dimension: manual, confidence, n, recency.
insert into learning.pm_overrides (
    pattern_key, action_category, scope_subset, multiplier, method, confidence_score, n, last_updated_at
)
values
    ('pm.uptrend.S1.entry', 'tuning_halo', '{"bucket": "micro"}', 1.2, 'simulation', 0.99, 900, '2026-01-01'),
    ('pm.uptrend.S1.entry', 'tuning_halo', '{"chain": "x"}', 0.8, 'simulation', 0.99, 901, '2026-01-01'),
    ('pm.uptrend.S1.entry', 'tuning_halo', '{"curator": "x"}', 0.7, 'simulation', 0.98, 999, '2026-01-01'),
    ('pm.uptrend.S1.entry', 'tuning_halo', '{"age_bucket": "x"}', 0.9, 'simulation', 0.99, 900, '2026-01-02');
select is(
    pg_temp.halo('{"timeframe": "15m", "bucket": "micro", "chain": "x"}'), 1.05::double precision,
    'ties: manual first'
);
select is(
    pg_temp.halo('{"bucket": "micro", "chain": "x", "curator": "x"}'), 0.8::double precision,
    'then confidence, then n'
);
select is(
    pg_temp.halo('{"bucket": "micro", "age_bucket": "x"}'), 0.9::double precision, 'then the newest'
);

insert into learning.pm_overrides (pattern_key, action_category, scope_subset, multiplier)
values ('pm.uptrend.S1.entry', 'tuning_halo',
    jsonb_build_object('a"b''; drop table x --', 'v=1,{}"\', 'k=', '=é'), 0.5);
select is(
    pg_temp.halo(jsonb_build_object('a"b''; drop table x --', 'v=1,{}"\', 'k=', '=é', 'z', 1)),
    0.5::double precision, 'keys and values are data, whatever they spell'
);
select throws_ok(
    $$select * from pm.effective_overrides('pm.uptrend.S1.entry', '["a"]')$$, 'QD004', null,
    'a scope that is no object is refused'
);
select throws_ok(
    $$insert into learning.pm_overrides (pattern_key, action_category)
      values ('pm.uptrend.S1.entry', 'tuning_trail_mult')$$, '23514', null,
    'a legacy knob has no override'
);
select lives_ok(
    $$insert into learning.pm_overrides (pattern_key, action_category, scope_subset)
      values ('pm.uptrend.S2.entry', 'tuning_halo', '{"timeframe": "4h"}')$$,
    'a plain insert is valid'
);
select is(
    (select count(*) from pm.effective_overrides('pm.uptrend.S2.entry', '{"timeframe": "4h"}')),
    1::bigint, 'and found: what the look-up needs is generated'
);

select * from finish();
rollback;

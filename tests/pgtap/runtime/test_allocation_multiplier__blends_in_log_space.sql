begin;
select plan(15);
do $$begin perform tests.clock_at('2026-01-15 00:00+00'); end$$;

create function pg_temp.mult(p_scope jsonb) returns numeric language sql as $$
    select round(pm.allocation_multiplier('dm.social.curator', p_scope)::numeric, 9)
$$;
create function pg_temp.hold(
    p_scope jsonb, p_multiplier float8, p_edge float8, p_n bigint, p_evidence jsonb
) returns void language sql as $$
    insert into learning.pm_overrides (
        pattern_key, action_category, scope_subset, multiplier, edge_raw_roi, n, evidence, method
    )
    values (
        'dm.social.curator', 'dm_alloc', p_scope, p_multiplier, p_edge, p_n, p_evidence, 'strength'
    )
$$;

select is(pg_temp.mult('{"curator": "x"}'), 1.0, 'no override: 1');
do $$begin perform pg_temp.hold('{}', 1.2, 0.05, 50, '{"var": 0.1}'); end$$;
select is(pg_temp.mult('{"curator": "x"}'), 1.2, 'one: its own, whatever its weight');
do $$begin perform pg_temp.hold('{"curator": "x"}', 0.8, 0.05, 50, '{"var": 0.1}'); end$$;
-- Alike but for the conditions: weights (1/2)^1.5 and 1.
select is(
    pg_temp.mult('{"curator": "x"}'),
    round(exp((0.353553390593273762 * ln(1.2) + ln(0.8)) / 1.353553390593273762), 9),
    'the narrower one weighs more, in log space'
);
select is(pg_temp.mult('{"curator": "y"}'), 1.2, 'what does not hold has no part');
select is(
    pm.allocation_multiplier('dm.social.other', '{"curator": "x"}'), 1::float8,
    'nor has another family'
);

-- A half-life of a week, a week later: e^-1 of the narrower one's weight.
update learning.pm_overrides set evidence = evidence || '{"half_life_hours": 168}'
where scope_subset <> '{}';
do $$begin perform tests.clock_at('2026-01-22 00:00+00'); end$$;
select is(
    pg_temp.mult('{"curator": "x"}'),
    round(exp(
        (0.353553390593273762 * ln(1.2) + 0.367879441171442322 * ln(0.8))
        / (0.353553390593273762 + 0.367879441171442322)
    ), 9),
    'evidence ages with its half-life; without one it does not'
);
-- Edge, n and spread, each on one side: tanh(.1)/tanh(.05), (1 - e^-4)/(1 - e^-2), 1.1/1.5.
update learning.pm_overrides
set evidence = '{"var": 0.5}', edge_raw_roi = -0.1, n = 100 where scope_subset <> '{}';
select is(
    pg_temp.mult('{"curator": "x"}'),
    (
        select round(exp((0.353553390593273762 * ln(1.2) + w.w * ln(0.8))
            / (0.353553390593273762 + w.w))::numeric, 9)
        from (values (
            tanh(0.1) / tanh(0.05) * (1 - exp(-4.0)) / (1 - exp(-2.0)) * 1.1 / 1.5
        )) as w (w)
    ),
    'tanh of the edge, n and spread weigh'
);
update learning.pm_overrides set multiplier = 5;
select is(pg_temp.mult('{"curator": "x"}'), 1.3, 'at most 1.3');
update learning.pm_overrides set multiplier = 0.1;
select is(pg_temp.mult('{"curator": "x"}'), 0.7, 'at least 0.7');
update learning.pm_overrides set n = 0;
select is(pg_temp.mult('{"curator": "x"}'), 1.0, 'nothing behind it: 1');

insert into learning.pm_overrides (pattern_key, action_category, scope_subset, multiplier)
values ('dm.social.curator', 'dm_alloc', '{"curator": "x"}', 1.1);
select is(pg_temp.mult('{"curator": "x"}'), 1.1, 'set by hand it needs no figures');
update learning.pm_overrides set status = 'proposed';
select is(pg_temp.mult('{"curator": "x"}'), 1.0, 'proposals do not count');
update learning.pm_overrides set status = 'active';

do $$begin perform learning.set_setting('alloc_overrides_enabled', 'false'); end$$;
select is(pg_temp.mult('{"curator": "x"}'), 1.0, 'switched off');
do $$begin
    perform learning.set_setting('alloc_overrides_enabled', null);
    perform learning.set_setting('shadow', 'true');
end$$;
select is(pg_temp.mult('{"curator": "x"}'), 1.0, 'in shadow nothing acts');
select is(
    (select p.provolatile::text from pg_proc as p
        where p.oid = 'pm.allocation_multiplier(text, jsonb)'::regprocedure),
    's', 'it reads only'
);

select * from finish();
rollback;

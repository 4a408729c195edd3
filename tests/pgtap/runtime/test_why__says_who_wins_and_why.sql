begin;
select plan(16);

create function pg_temp.hold(
    p_scope jsonb, p_method text default 'simulation', p_confidence float8 default 0,
    p_n bigint default 0, p_at timestamptz default '2026-01-01', p_pinned boolean default false
) returns bigint language sql as $$
    insert into learning.pm_overrides (
        pattern_key, action_category, scope_subset, multiplier, method, confidence_score, n,
        last_updated_at, pinned
    )
    values (
        'pm.uptrend.S1.entry', 'tuning_halo', p_scope, 1.1, p_method, p_confidence, p_n, p_at,
        p_pinned
    )
    returning id
$$;
create function pg_temp.why(p_lever text default 'halo')
returns table (place integer, scope jsonb, verdict text, sentence text) language sql as $$
    select w.place, w.scope_subset, w.verdict, regexp_replace(w.sentence, 'to \d+: ', 'to ID: ')
    from pm.why('pm.uptrend.S1.entry', '{"a": 1, "b": 1, "c": 1}') as w
    where w.lever = p_lever
$$;

select results_eq(
    $$select w.lever, w.verdict, w.base, w.value, w.sentence
    from pm.why('pm.s1_entry', '{}') as w$$,
    $$values ('ts', 'base', 0.6::float8, 0.6::float8, 'base: no override holds here'),
        ('halo', 'base', 1, 1, 'base: no override holds here'),
        ('slope', 'base', 0, 0, 'base: no override holds here'),
        ('posture', 'base', null, null, 'base: no override holds here')$$,
    'every lever, also where nothing holds'
);
do $$begin perform pg_temp.hold('{"a": 1}'); perform pg_temp.hold('{"z": 1}'); end$$;
select results_eq(
    'select * from pg_temp.why()',
    $$values (1, '{"a": "1"}'::jsonb, 'wins', 'in force: the only one that holds here')$$,
    'what does not hold is not there'
);
-- Each step of preference, by what differs first.
do $$begin perform pg_temp.hold('{"b": 1}'); end$$;
select is((select array_agg(w.sentence) from pg_temp.why() as w),
    '{in force: it was stored first,loses to ID: stored later}', 'stored first');
update learning.pm_overrides set last_updated_at = '2026-01-02' where scope_subset = '{"b": "1"}';
select is((select array_agg(w.sentence) from pg_temp.why() as w),
    '{in force: it is newer,loses to ID: older}', 'newer');
update learning.pm_overrides set n = 50 where scope_subset = '{"a": "1"}';
select is((select array_agg(w.sentence) from pg_temp.why() as w),
    array['in force: more experiments are behind it (50 to 0)',
        'loses to ID: fewer experiments behind it (0 to 50)'], 'n');
update learning.pm_overrides set confidence_score = 0.5 where scope_subset = '{"b": "1"}';
select is((select array_agg(w.sentence) from pg_temp.why() as w),
    array['in force: its confidence is larger (0.5 to 0)',
        'loses to ID: less confidence (0 to 0.5)'], 'confidence');
do $$begin perform pg_temp.hold('{"c": 1}', 'manual'); end$$;
select is((select array_agg(w.sentence) from pg_temp.why() as w),
    array['in force: it was set by hand', 'loses to ID: that one was set by hand',
        'loses to ID: that one was set by hand'], 'by hand');
do $$begin perform pg_temp.hold('{"a": 1, "b": 1}'); end$$;
select is((select array_agg(w.sentence) from pg_temp.why() as w),
    array['in force: it has more conditions (2 to 1)', 'loses to ID: fewer conditions (1 to 2)',
        'loses to ID: fewer conditions (1 to 2)', 'loses to ID: fewer conditions (1 to 2)'],
    'conditions');
do $$begin perform pg_temp.hold('{}', p_pinned => true); end$$;
select is((select array_agg(w.sentence) from pg_temp.why() as w),
    array['in force: it is pinned'] || array_fill('loses to ID: that one is pinned'::text, '{4}'),
    'pinned');
select is(
    (select w.override_id from pm.why('pm.uptrend.S1.entry', '{"a": 1, "b": 1, "c": 1}') as w
        where w.verdict = 'wins'),
    (select g.override_id from pm.gates('pm.uptrend.S1.entry', '{"a": 1, "b": 1, "c": 1}') as g
        where g.gate = 'halo'),
    'the winner is the one pm.gates names'
);

-- Posture is blended.
insert into learning.pm_overrides (
    pattern_key, action_category, scope_subset, multiplier, dir_a, confidence_score
)
values
    ('pm.uptrend.S1.entry', 'pm_strength', '{}', null, 1, 0.6),
    ('pm.uptrend.S1.entry', 'pm_strength', '{"a": 1, "b": 1}', null, 1, 0.6),
    ('pm.uptrend.S1.entry', 'pm_strength', '{"a": 1}', null, 1, 0.3);
select results_eq(
    $$select * from pg_temp.why('posture')$$,
    $$values (1, '{"a": "1", "b": "1"}'::jsonb, 'blended', '75.0 % of the blend'),
        (2, '{"a": "1"}', 'dropped',
            'dropped: its confidence is too small, 0 or below 0.40 where another''s is not'),
        (3, '{}', 'blended', '25.0 % of the blend')$$,
    'shares of the blend, and what is dropped'
);
insert into learning.pm_overrides (pattern_key, action_category, scope_subset, multiplier)
values ('dm.social.curator', 'dm_alloc', '{}', 1.2);
select results_eq(
    $$select w.lever, w.verdict, w.base, w.value, w.share, w.sentence
    from pm.why('dm.social.curator', '{"a": 1}') as w$$,
    $$values ('allocation', 'blended', 1::float8, 1.2::float8, 1::float8, '100.0 % of the blend')$$,
    'a family has its allocation'
);

do $$begin perform learning.set_setting(
    'tuning_overrides_enabled', 'false', 'pm.uptrend.S1.entry', 'halo'
); end$$;
select is(
    (select array_agg(distinct w.sentence) from pg_temp.why() as w),
    '{switched off by the feature flags: no override acts}', 'switched off for a gate'
);
select is(
    (select count(*) from pg_temp.why('posture') as w where w.verdict = 'blended'), 2::bigint,
    'that switch is not posture''s'
);
do $$begin perform learning.set_setting('shadow', 'true'); end$$;
select is(
    (select array_agg(distinct w.verdict) from pg_temp.why('posture') as w), '{switched off}',
    'shadow switches all off'
);
select throws_ok($$select * from pm.why('nonsense', '{}')$$, 'QD001', null, 'an unknown pattern');

select * from finish();
rollback;

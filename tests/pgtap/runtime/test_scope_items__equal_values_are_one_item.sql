begin;
select plan(11);

select is(
    learning.scope_items('{"rank": 1.50, "bucket": "micro", "is_leader": true, "a": 1}'),
    '{a=1,bucket=micro,is_leader=true,rank=1.5}'::text[], 'items are sorted, numbers trimmed'
);
select is(
    learning.scope_items('{"rank": 7.0}'), learning.scope_items('{"rank": "7"}'),
    'equal values are one item, however they are written'
);
select is(
    learning.scope_items('{"a=b": "c", "a\\": "=b"}'), array['a\=b=c', 'a\\==b'],
    'a key ends at the first = that has no backslash before it'
);
select is_empty($$
    select a.scope, b.scope
    from unnest('{"{\"a=b\": \"c\"}", "{\"a\": \"b=c\"}", "{\"a\\\\\": \"b=c\"}",
        "{\"a\\\\=b\": \"c\"}", "{\"a\\\\\\\\=b\": \"c\"}"}'::jsonb[]) as a (scope)
    join unnest('{"{\"a=b\": \"c\"}", "{\"a\": \"b=c\"}", "{\"a\\\\\": \"b=c\"}",
        "{\"a\\\\=b\": \"c\"}", "{\"a\\\\\\\\=b\": \"c\"}"}'::jsonb[]) as b (scope)
        on a.scope <> b.scope
    where learning.scope_items(a.scope) = learning.scope_items(b.scope)
$$, 'key and value never run together');

select is(
    learning.canonical_scope('{"rank": 1.0, "is_leader": true, "bucket": "1.0"}'),
    '{"rank": "1", "is_leader": "true", "bucket": "1.0"}', 'the canonical scope has texts'
);
select is(
    learning.canonical_scope('{"a": 1, "b": {"c": 2}, "d": null}'),
    '{"a": "1", "b": {"c": 2}, "d": null}', 'what is no scope does not become one'
);

insert into learning.pm_overrides (pattern_key, action_category, scope_subset, multiplier)
values ('pm.uptrend.S1.entry', 'tuning_halo', '{"bucket_rank_position": 1}', 1.1);
select is(
    (select count(*) from pm.effective_overrides('pm.uptrend.S1.entry', '{"bucket_rank_position": 1.0}')),
    1::bigint, 'an override of 1 holds where a position says 1.0'
);
select is(
    (select scope_subset from learning.pm_overrides), '{"bucket_rank_position": "1"}',
    'it is stored in canonical form'
);
select throws_ok($$
    insert into learning.pm_overrides (pattern_key, action_category, scope_subset, multiplier)
    values ('pm.uptrend.S1.entry', 'tuning_halo', '{"bucket_rank_position": "1"}', 1.2)
$$, '23505', null, 'so there is one of a lever in a slice');
select throws_ok($$
    insert into learning.pm_overrides (pattern_key, action_category, scope_subset, multiplier)
    values ('pm.uptrend.S1.entry', 'tuning_halo', '{"bucket_rank_position": [1]}', 1.2)
$$, '23514', null, 'and a value that is none is refused');

-- Windows that say 1, "1" and 1.0 are one slice.
do $$begin perform learning.enable_dimension('bucket_rank_position'); end$$;
insert into learning.pattern_episode_events (
    pattern_key, attempt_id, scope, decision, outcome, decided_at
)
select 'pm.uptrend.S1.entry', i::text,
    jsonb_build_object('bucket_rank_position', ('{1,1.0,"\"1\""}'::jsonb[])[1 + i % 3]),
    'skipped', 'failure', learning.clock()
from generate_series(1, 36) as i;
do $$begin perform tests.mine(learning.clock()); end$$;
select results_eq(
    'select scope_subset, n from learning.lessons where slice_key <> $$$$',
    $$values ('{"bucket_rank_position": "1"}'::jsonb, 36::bigint)$$, 'values that are one count as one'
);
select * from finish();
rollback;

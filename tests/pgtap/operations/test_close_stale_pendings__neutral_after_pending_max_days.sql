begin;
select plan(3);

insert into learning.pattern_episode_events (window_id, pattern_key, decision, outcome, opened_at)
values
    ('old', 'pm.uptrend.S1.entry', 'skipped', null, '2026-01-01'),
    ('old and open', 'pm.uptrend.S1.entry', null, null, '2026-01-01'),
    ('young', 'pm.uptrend.S1.entry', 'skipped', null, '2026-01-20'),
    ('judged', 'pm.uptrend.S1.entry', 'skipped', 'success', '2026-01-01');
select is(learning.close_stale_pendings('2026-02-10 00:00+00'), 2::bigint, 'the old ones are closed');
select results_eq(
    'select window_id, outcome from learning.pattern_episode_events order by 1',
    $$values ('judged', 'success'), ('old', 'neutral'), ('old and open', 'neutral'), ('young', null)$$,
    'as neutral, and no others'
);
select is(learning.close_stale_pendings('2026-02-10 00:00+00'), 0::bigint, 'once');

select * from finish();
rollback;

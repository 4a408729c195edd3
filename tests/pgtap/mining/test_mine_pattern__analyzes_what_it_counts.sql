begin;
select plan(5);

-- Tables of this database may have been analyzed before.
delete from pg_statistic where starelid::regclass in (
    'learning.pattern_episode_events', 'learning.mining_contributions', 'learning.slice_rates',
    'learning.lessons'
);
create function pg_temp.analyzed(p_table text) returns boolean language sql volatile as $$
    select exists (
        select from pg_stats as s where s.schemaname = 'learning' and s.tablename = p_table
    )
$$;
-- What the count finds when it begins to write.
create temporary table found (analyzed boolean);
create function pg_temp.look() returns trigger language plpgsql as $$
begin
    insert into found values (pg_temp.analyzed('pattern_episode_events'));
    return null;
end
$$;
create trigger look before insert on learning.mining_contributions
    for each statement execute function pg_temp.look();

insert into learning.pattern_episode_events (
    pattern_key, attempt_id, scope, decision, outcome, decided_at
)
select 'pm.uptrend.S1.entry', i::text, '{"chain": "a"}', 'skipped', 'failure', learning.clock()
from generate_series(1, 100) as i;
select is(pg_temp.analyzed('pattern_episode_events'), false, 'fresh experiments, no statistics');
do $$begin perform tests.mine(learning.clock()); end$$;
select results_eq('select * from found', 'values (true)', 'they are analyzed before the full count');
select is(
    (select array_agg(t) from unnest('{lessons,mining_contributions,slice_rates}'::text[]) as t
        where not pg_temp.analyzed(t)),
    null, 'and what it wrote, after it'
);
select is(
    learning.analyze_grown('{pattern_episode_events,slice_rates}'), '{}'::text[],
    'what did not grow is left alone'
);
insert into learning.pattern_episode_events (pattern_key, attempt_id, scope, factors)
select 'pm.uptrend.S1.entry', i::text, '{"chain": "a"}', '{"entry_path": "breakout"}'
from generate_series(1, 2000) as i;
select is(
    learning.analyze_grown('{pattern_episode_events,slice_rates}'), '{pattern_episode_events}'::text[],
    'what grew by half is not'
);

select * from finish();
rollback;

begin;
select plan(10);

insert into learning.lowcap_positions (token_contract, token_chain, symbol, timeframe, status, scope)
values ('a', 'c', 'A', '1h', 'watchlist', '{"bucket": "micro"}'), ('b', 'c', 'B', '1h', 'paused', '{}');
insert into learning.pm_overrides (pattern_key, action_category, scope_subset)
values ('pm.uptrend.S1.entry', 'tuning_halo', '{"bucket": "micro"}'), ('pm.uptrend.S1.entry', 'tuning_halo', '{}');
create view pg_temp.kept as
select p.symbol, k.scope, array(
    select o.scope_subset from unnest(k.override_ids) as i (id) join learning.pm_overrides as o using (id)
) as wins
from learning.position_overrides as k
join learning.lowcap_positions as p using (position_id);

select results_eq(
    'select symbol, wins from pg_temp.kept', $$values ('A', array['{"bucket": "micro"}'::jsonb])$$,
    'the override that wins is kept of a watched position'
);
update learning.lowcap_positions set scope = '{"bucket": "big"}' where symbol = 'A';
select results_eq(
    'select scope, wins from pg_temp.kept', $$values ('{"bucket": "big"}'::jsonb, array['{}'::jsonb])$$,
    'another scope, another answer'
);
delete from learning.pm_overrides;
-- One lever at a time: what is preferred takes over, what is not changes nothing.
create function pg_temp.wins() returns text[]
language sql return (
    select array_agg(concat_ws(' ', o.confidence_score, o.method) order by o.pattern_key)
    from learning.position_overrides as k
    cross join unnest(k.override_ids) as i (id)
    join learning.pm_overrides as o using (id)
);
insert into learning.pm_overrides (pattern_key, action_category, confidence_score, method)
values ('pm.uptrend.S1.entry', 'tuning_ts_min', 0.5, 'simulation'), ('pm.uptrend.S2.entry', 'tuning_ts_min', 0.1, 'simulation');
insert into learning.pm_overrides (pattern_key, action_category, scope_subset, confidence_score, method)
values ('pm.uptrend.S1.entry', 'tuning_ts_min', '{"bucket": "big"}', 0.2, 'simulation');
select is(pg_temp.wins(), '{0.2 simulation,0.1 simulation}', 'what is preferred takes over');
insert into learning.pm_overrides (pattern_key, action_category, confidence_score, method)
values ('pm.uptrend.S1.entry', 'tuning_ts_min', 0.9, 'manual');
select is(pg_temp.wins(), '{0.2 simulation,0.1 simulation}', 'what is not changes nothing');
update learning.pm_overrides set pinned = true where confidence_score = 0.5;
select is(pg_temp.wins(), '{0.5 simulation,0.1 simulation}', 'what is preferred by now takes over');
update learning.pm_overrides set status = 'proposed' where confidence_score = 0.5;
select is(pg_temp.wins(), '{0.2 simulation,0.1 simulation}', 'what had won gives way');

update learning.lowcap_positions set status = case symbol when 'A' then 'archived' else 'active' end;
select results_eq('select symbol from pg_temp.kept', $$values ('B')$$, 'of watched ones alone');
delete from learning.pm_overrides;
select results_eq(
    'select symbol, wins from pg_temp.kept', $$values ('B', '{}'::jsonb[])$$, 'overrides that go are gone'
);
insert into learning.pm_overrides (pattern_key, action_category, scope_subset, confidence_score)
select 'pm.uptrend.S1.entry', 'tuning_halo', jsonb_build_object('x', i), 0 from generate_series(1, 150) as i
union all
select 'pm.uptrend.S1.entry', 'tuning_halo', '{}', 0;
select results_eq(
    'select wins from pg_temp.kept', $$values (array['{}'::jsonb])$$, 'after a large change all are asked'
);
delete from learning.lowcap_positions where symbol = 'B';
select is_empty('select symbol from pg_temp.kept', 'and none of a position that is gone');

select * from finish();
rollback;

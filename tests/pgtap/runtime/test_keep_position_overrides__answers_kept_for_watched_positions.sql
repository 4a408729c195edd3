begin;
select plan(6);

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

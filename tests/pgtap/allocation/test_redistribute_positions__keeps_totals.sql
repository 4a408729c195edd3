begin;
select plan(14);

insert into learning.lowcap_positions (token_contract, token_chain, symbol, timeframe, book, status, total_allocation_pct)
values
    ('three', 'c', 'three', '15m', 'main', 'watchlist', 1), ('three', 'c', 'three', '1h', 'main', 'active', 1),
    ('three', 'c', 'three', '4h', 'main', 'dormant', 1),
    ('two', 'c', 'two', '15m', 'main', 'watchlist', 0), ('two', 'c', 'two', '4h', 'main', 'watchlist', 10),
    ('one', 'c', 'one', '1h', 'main', 'active', 7),
    ('books', 'c', 'books', '15m', 'main', 'active', 1), ('books', 'c', 'books', '15m', 'b', 'active', 2),
    ('books', 'c', 'books', '1h', 'main', 'active', 0), ('books', 'c', 'books', '1h', 'b', 'dormant', 0),
    ('off', 'c', 'off', '15m', 'main', 'paused', 3), ('off', 'c', 'off', '1h', 'main', 'archived', 4),
    ('off', 'c', 'off', '4h', 'main', 'watchlist', 5), ('off', 'c', 'off', '4h', 'b', 'paused', 6),
    ('none', 'c', 'none', '15m', 'main', 'active', 0), ('none', 'c', 'none', '1h', 'main', 'active', 0),
    ('chains', 'a', 'chains', '15m', 'main', 'active', 2), ('chains', 'b', 'chains', '1h', 'main', 'active', 2),
    ('third', 'c', 'third', '15m', 'main', 'active', 1), ('third', 'c', 'third', '15m', 'b', 'active', 1),
    ('third', 'c', 'third', '15m', 'c', 'active', 1), ('third', 'c', 'third', '1h', 'main', 'active', 0),
    ('much', 'c', 'much', '15m', 'main', 'active', 90), ('much', 'c', 'much', '4h', 'main', 'active', 90);
create temporary table before as select p.*, p.xmin::text as version from learning.lowcap_positions as p;
create function pg_temp.pcts(p_token text) returns numeric[] language sql as $$
    select array_agg(p.total_allocation_pct order by p.position_id)
    from learning.lowcap_positions as p where p.token_contract = p_token
$$;

select is(learning.redistribute_positions('{"15m": 0.15, "1h": 0.5, "4h": 0.35}'), 13, 'the rows that change');
select is(pg_temp.pcts('three'), '{0.45, 1.5, 1.05}', 'three timeframes: by the shares');
select is(pg_temp.pcts('two'), '{3, 7}', 'two: by their shares alone');
select is(pg_temp.pcts('one'), '{7}', 'one: all of it');
select is(
    pg_temp.pcts('books'), '{0.230769230769, 0.461538461538, 1.153846153847, 1.153846153846}',
    'several on a timeframe keep their proportion; where there was nothing they share equally'
);
select is(pg_temp.pcts('off'), '{3, 4, 5, 6}', 'paused and archived rows do not count and do not move');
select is(pg_temp.pcts('none'), '{0, 0}', 'nothing stays nothing');
select is(pg_temp.pcts('chains'), '{2, 2}', 'a contract on two chains is two tokens');
select is(pg_temp.pcts('much'), '{90, 90}', 'more than 100 % is left alone');
select is_empty(
    $$select p.token_contract, p.token_chain
    from learning.lowcap_positions as p join before as b using (position_id)
    group by 1, 2 having sum(p.total_allocation_pct) <> sum(b.total_allocation_pct)$$,
    'every total is what it was, to the last digit'
);
select is_empty(
    $$select p.position_id from learning.lowcap_positions as p join before as b using (position_id)
    where (to_jsonb(p) - 'total_allocation_pct') <> (to_jsonb(b) - '{total_allocation_pct,version}'::text[])$$,
    'nothing else changes'
);
select is(
    learning.redistribute_positions('{"15m": 0.15, "1h": 0.5, "4h": 0.35}'), 0, 'again: nothing is touched'
);
select is(
    learning.redistribute_positions('{"15m": 0.1503, "1h": 0.4997, "4h": 0.35}'), 12,
    'the next step leaves a third part alone that is what it was'
);
select is_empty(
    $$select p.token_contract, p.token_chain
    from learning.lowcap_positions as p join before as b using (position_id)
    group by 1, 2 having sum(p.total_allocation_pct) <> sum(b.total_allocation_pct)$$,
    'keeps them too'
);

select * from finish();
rollback;

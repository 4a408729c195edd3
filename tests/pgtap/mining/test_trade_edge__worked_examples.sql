begin;
select plan(7);

create function pg_temp.edge(bigint, float8, float8, float8, float8, float8) returns numeric
language sql as $$ select round(learning.trade_edge($1, $2, $3, $4, $5, $6)::numeric, 9) $$;

-- n 50, mean .10, variance .04, pattern mean .02, 48 hours held:
-- .08 / 1.045 x ((1 - 1/e) + 1/(1 + e^-.1) + 1/3 + 1/1.04)
select is(pg_temp.edge(50, 0.10, 0.04, 0.02, 48, null), 0.187710740, 'no decay measurable');
select is(pg_temp.edge(50, 0.10, 0.04, 0.02, 48, 168), 0.187710740, 'a week of half-life is no decay');
select is(pg_temp.edge(50, 0.10, 0.04, 0.02, 48, 84), round(0.187710740 * 0.75, 9), 'half a week costs a quarter');
select is(pg_temp.edge(50, 0.10, 0.04, 0.02, 48, 1e9), 0.187710740, 'a long one adds nothing');
select is(pg_temp.edge(50, 0.02, 0.04, 0.02, 48, null), 0.000000000, 'the pattern''s own mean is no edge');
select cmp_ok(pg_temp.edge(50, -0.10, 0.04, 0.02, 48, null), '<', 0::numeric, 'below it a negative one');
select isnt(pg_temp.edge(1, 1e6, 1e12, 0, null, null), null, 'whatever the numbers');

select * from finish();
rollback;

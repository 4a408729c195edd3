begin;
select plan(23);

do $$begin perform tests.clock_at('2026-03-01'); end$$;
create function pg_temp.trade(
    p_id text, p_roi float8, p_scope jsonb, p_trim boolean default false, p_s3 boolean default false,
    p_at timestamptz default '2026-02-01', p_pattern text default 'pm.uptrend.S1.entry', p_actions int default 1
) returns void language sql as $$
    insert into learning.pattern_trade_events
        (trade_id, ordinal, pattern_key, action_category, scope, roi, did_trim, reached_s3, hold_hours, closed_at)
    select p_id, n, p_pattern, 'entry', p_scope, p_roi, p_trim, p_s3, 24, p_at
    from generate_series(1, p_actions) as n
$$;
create function pg_temp.mine() returns jsonb language sql as $$
    select jsonb_agg(jsonb_build_object('pattern_key', t.k) || learning.mine_trades(t.k, learning.clock(), null)
        order by t.k)
    from learning.trades_to_mine(learning.clock()) as t (k)
$$;
create function pg_temp.stat(p_scope jsonb, p_name text, p_type text default 'pm_strength') returns numeric
language sql as $$
    select round((l.stats ->> p_name)::numeric, 6) from learning.learning_lessons as l
    where l.lesson_type = p_type and l.scope_subset = p_scope and l.status = 'active'
$$;
do $$begin perform learning.set_setting('n_min', '3'); end$$;

-- Three equal ROIs in one bucket, three opposite ones in another; the pattern's mean is 0.
do $$begin
    perform pg_temp.trade('n' || i, 0.05, '{"bucket": "nano", "chain": "s"}', p_s3 => true),
        pg_temp.trade('b' || i, -0.05, '{"bucket": "big", "chain": "s"}', p_trim => i = 1)
    from generate_series(1, 3) as i;
end$$;
select is(
    pg_temp.mine(), '[{"pattern_key": "pm.uptrend.S1.entry", "lessons": 6, "lessons_changed": 6, "retired": 0}]',
    'the pattern, its chain, two buckets, two buckets of the chain'
);
select is(pg_temp.stat('{"bucket": "nano"}', 'var_roi'), 0.000000, 'equal ROIs do not vary');
-- support 1 - exp(-3/50) = .0582355, reliability 1 / (1 + 0 + .25/3) = .9230769
select is(
    pg_temp.stat('{"bucket": "nano"}', 'confidence'), round(0.0582354664 * 0.9230769231, 6),
    'confidence is support x reliability, .923'
);
-- .05 x .9230769 x (.0582355 + 1/(1 + e^-.05) + 1/(1 + 1 day) + 1/(1 + 0)) x 1
select is(
    pg_temp.stat('{"bucket": "nano"}', 'edge_raw_roi'),
    round(0.05 * 0.9230769231 * (0.0582354664 + 0.5124973965 + 0.5 + 1), 6), 'the edge'
);
select is(pg_temp.stat('{}', 'edge_raw_roi'), 0.000000, 'the pattern''s own is none');
select is(
    (pg_temp.stat('{"bucket": "nano"}', 'dir_a'), pg_temp.stat('{"bucket": "nano"}', 'dir_e'),
        pg_temp.stat('{"bucket": "nano"}', 'p_s3'), pg_temp.stat('{"bucket": "nano"}', 'p_trim'))::text,
    '(1.000000,-1.000000,1.000000,0.000000)', 'winners that reached S3: more of A, less of E'
);
select is(
    (pg_temp.stat('{"bucket": "big"}', 'dir_a'), pg_temp.stat('{"bucket": "big"}', 'dir_e'),
        pg_temp.stat('{"bucket": "big"}', 'p_trim'))::text,
    '(-1.000000,0.333333,0.333333)', 'losers: less of A, and E where one trimmed'
);
select results_eq(
    $$select l.scope_subset, o.scope_subset from learning.learning_lessons as l
        join learning.lessons as o on o.id = l.copy_of order by 1$$,
    $$values ('{"chain": "s"}'::jsonb, '{}'::jsonb), ('{"chain": "s", "bucket": "big"}', '{"bucket": "big"}'),
        ('{"chain": "s", "bucket": "nano"}', '{"bucket": "nano"}')$$,
    'what has the same trades as a broader slice is a copy of it'
);
select results_eq(
    $$select distinct l.module, l.action_category, l.n > 0 from learning.lessons as l$$,
    $$values ('pm', 'pm_strength', true)$$, 'of module pm'
);
select is(pg_temp.mine(), null, 'nothing is due twice');
create temporary table before as select * from learning.lessons;
update learning.pattern_trade_events set hold_hours = hold_hours where trade_id = 'n1';
select is(
    pg_temp.mine(), '[{"pattern_key": "pm.uptrend.S1.entry", "lessons": 6, "lessons_changed": 0, "retired": 0}]',
    'a touch calls it up and changes nothing'
);
select results_eq('select * from learning.lessons order by id', 'select * from before order by id', 'not a row');

-- The table of directions. w = tanh(|roi| / .1): tanh 1 = .761594, tanh 2 = .964028, tanh 0 = 0.
delete from learning.pattern_trade_events;
do $$begin
    perform pg_temp.trade('1', -0.1, '{}'), pg_temp.trade('2', -0.1, '{}', p_trim => true, p_s3 => true),
        pg_temp.trade('3', 0.1, '{}', p_trim => true), pg_temp.trade('4', 0.2, '{}', p_s3 => true),
        pg_temp.trade('5', 0, '{}', p_trim => true, p_s3 => true);
    perform pg_temp.mine();
end$$;
select is(
    pg_temp.stat('{}', 'dir_a'), round((-2 * 0.7615942 + 0.9640276) / (3 * 0.7615942 + 0.9640276), 6),
    '-1, -1, 0, +1, and 0 for no ROI'
);
select is(
    pg_temp.stat('{}', 'dir_e'), round((0.7615942 - 0.9640276) / (3 * 0.7615942 + 0.9640276), 6),
    '0, +1, 0, -1, and 0 for no ROI'
);
select is(
    (select count(*) from learning.lessons where status = 'retired'), 5::bigint,
    'what has no trades left is retired'
);

-- |roi| halves every day: a half-life of 24 hours, decay .5 + .5 x 24 / 168.
delete from learning.pattern_trade_events;
do $$begin
    perform pg_temp.trade(i::text, 0.4 / 2 ^ i, '{}', p_at => '2026-02-01'::timestamptz + i * interval '24 hours')
    from generate_series(1, 5) as i;
    perform pg_temp.trade('zero', 0, '{}', p_at => '2026-02-20');
    perform pg_temp.mine();
end$$;
select is(
    (select round(decay_halflife_hours::numeric, 6) from learning.lessons where status = 'active')
        || ' ' || pg_temp.stat('{}', 'decay'), '24.000000 0.571429', 'half-life and decay, zeros left out'
);
do $$begin
    perform pg_temp.trade('turn', -0.001, '{}', p_at => '2026-02-21');
    perform pg_temp.mine();
end$$;
select is(
    (select decay_halflife_hours is null from learning.lessons where status = 'active')
        || ' ' || pg_temp.stat('{}', 'decay'), 'true 1.000000', 'after a change of sign too few: not measurable'
);

-- 56 actions of one trade and 35 of one action are 36 trades.
delete from learning.pattern_trade_events;
do $$begin
    perform learning.set_setting('n_min', '36');
    perform pg_temp.trade('many', 0.1, '{"bucket": "nano"}', p_actions => 56);
    perform pg_temp.trade('one' || i, 0.01 * i, '{"bucket": "nano"}') from generate_series(1, 35) as i;
    insert into learning.pattern_trade_events (trade_id, ordinal, pattern_key, action_category, scope, roi, closed_at)
    select 'one1', 9, 'pm.uptrend.S1.entry', 'exit', '{"bucket": "big"}', 0.01, '2026-02-01';
    perform pg_temp.mine();
end$$;
select results_eq(
    $$select l.scope_subset, l.n, l.is_copy from learning.learning_lessons as l where l.status = 'active' order by 1$$,
    $$values ('{}'::jsonb, 36::bigint, false), ('{"bucket": "nano"}', 36, true)$$, 'each trade once per slice'
);
do $$begin perform learning.set_setting('n_min', '37'); end$$;
select is(pg_temp.mine() #> '{0,retired}', '2', 'n_min is of trades; another one calls them up');

-- Modules keep to their dimensions, both ways.
delete from learning.pattern_trade_events;
do $$begin
    perform learning.set_setting('n_min', '3'), learning.enable_dimension('intent');
    perform pg_temp.trade(p || i, 0.05 * i, '{"curator": "c", "intent": "x", "timeframe": "1h", "vol_bucket": "v"}',
        p_pattern => p)
    from generate_series(1, 3) as i, unnest(array['pm.uptrend.S1.entry', 'dm.curators.first']) as p;
    perform pg_temp.mine();
end$$;
select results_eq(
    $$select l.module, l.lesson_type, array_agg(distinct k order by k)
        from learning.lessons as l, jsonb_object_keys(l.scope_subset) as k where l.status = 'active' group by 1, 2 order by 1$$,
    $$values ('dm', 'dm_alloc', '{curator,intent}'::text[]), ('pm', 'pm_strength', '{timeframe,vol_bucket}')$$,
    'lessons of dm have no dimension of pm, nor the other way round'
);
-- Two patterns of dm: one mean each, so their edges are 0 and the multiplier 1; edge .3 gives 1.12.
select is(pg_temp.stat('{}', 'alloc_mult', 'dm_alloc'), 1.000000, 'no edge leaves capital alone');
select is(
    array(select learning.target_multiplier(e) from unnest('{0.3,-0.3,5,-5}'::float8[]) as e),
    '{1.12,0.88,1.3,0.7}'::float8[], '1 + 0.02 x 20 x edge, within .7 and 1.3'
);
select throws_ok(
    $$insert into learning.lessons (module, lesson_type, pattern_key, n) values ('pm', 'dm_alloc', 'dm.a.b', 3)$$,
    '23514', null, 'and no lesson is of another module than its pattern'
);

select * from finish();
rollback;

begin;
select plan(6);

select is(
    (select count(*) from learning.gate_grid('pm.uptrend.S1.entry')), 124::bigint,
    'three levers of five steps have 124 candidates'
);
select is(
    (select count(distinct g.steps) from learning.gate_grid('pm.uptrend.S3.retest') as g),
    124::bigint, 'none is there twice'
);
select is(
    (select count(*) from learning.gate_grid('pm.uptrend.S3.dx')), 24::bigint,
    'the arms of the ladder are a lever like the threshold of its buys'
);
select is(
    (select array_agg(g.candidate order by g.candidate) = array(select generate_series(1, 124))
    from learning.gate_grid('pm.uptrend.S1.entry') as g),
    true, 'candidates are numbered from 1'
);
select is(
    (select g.n_levers
    from learning.gate_grid('pm.uptrend.S1.entry') as g
    where g.steps = '{"ts": -0.05, "halo": -0.1, "slope": 0}'),
    2, 'a step of 0 moves no lever'
);
select isnt(
    (select s.stamp from learning.judging_settings('pm.uptrend.S1.entry') as s),
    (select s.stamp from learning.judging_settings('pm.uptrend.S2.entry') as s),
    'the settings stamp tells patterns with other gates apart'
);

select * from finish();
rollback;

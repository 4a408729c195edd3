begin;
select plan(6);

select is(
    learning.weighted_q('{0.01,0.02,0.03,0.04}', '{1,1,1,1}'), '{0.04,0.04,0.04,0.04}',
    'equal weights: the plain Benjamini-Hochberg step-up'
);
select is(
    learning.weighted_q('{0.04,0.01}', '{1,1}'), '{0.04,0.02}',
    'answers come in the order of the questions'
);
-- Weights 1, 1/4, 1/16 have mean 0.4375: p / w is 0.04375, 0.0175, 0.21.
-- Ranks 2, 1, 3 of 3: 0.065625, 0.0525, 0.21.
select results_eq(
    $$select round(q::numeric, 9)
    from unnest(learning.weighted_q('{0.1,0.01,0.03}', '{1,0.25,0.0625}')) as q$$,
    $$values (0.065625), (0.0525), (0.21)$$,
    'a global slice pays least for the search, a deep one most'
);
select is(
    learning.weighted_q('{0.1,0.01,0.03}', '{16,4,1}'),
    learning.weighted_q('{0.1,0.01,0.03}', '{1,0.25,0.0625}'),
    'the scale of the weights does not matter'
);
select is(learning.weighted_q('{1,0.9}', '{1,0.01}'), '{1,1}', 'q is never above 1');
select is(learning.weighted_q('{}', '{}'), '{}', 'nothing in, nothing out');

select * from finish();
rollback;

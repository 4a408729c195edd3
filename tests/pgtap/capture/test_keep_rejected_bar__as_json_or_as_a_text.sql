begin;
select plan(8);

create temporary table sent (message text, kept jsonb);
insert into sent values
    ('{"position": {"symbol": "X"}, "snapshot": 1e3}', '{"position": {"symbol": "X"}, "snapshot": 1000}'),
    ('{"position": ', '"{\"position\": "'),
    ('{"close": NaN}', '"{\"close\": NaN}"'),
    ('{"close": "\u0000"}', '"{\"close\": \"\\u0000\"}"'),
    ('', '""');
select is(
    (select count(pm.keep_rejected_bar('main', s.message, 'QD014', 'why')) from sent as s), 5::bigint,
    'every line is kept'
);
select results_eq(
    $$select j.payload from learning.episode_rejects as j
    where (j.kind, j.source, j.sqlstate, j.reason) = ('bar', 'tick main', 'QD014', 'why')
    order by j.id$$,
    'select s.kept from sent as s',
    'what is JSON stays JSON, what is none is a text'
);
select lives_ok(
    $$select pm.keep_rejected_bar('main', repeat('[', 20000), 'QD014', 'why')$$,
    'a line nested deeper than the server can read is a text, too'
);
select is(
    pm.keep_rejected_bar('main', '', 'QD005', 'why else'),
    (select j.id from learning.episode_rejects as j where j.payload = '""'),
    'the same again stays one row'
);
select is(
    (select j.reason from learning.episode_rejects as j where j.payload = '""'), 'why else',
    'with the newest reason'
);
select isnt(
    pm.keep_rejected_bar('other', '', 'QD005', 'why'),
    (select j.id from learning.episode_rejects as j
    where j.payload = '""' and j.source = 'tick main'),
    'another feed keeps its own'
);
select is(
    tests.sqlstate_as('quadrant_pm', $$select pm.keep_rejected_bar('main', 'x', 'QD014', 'why')$$),
    null, 'the PM may call it'
);
select results_eq(
    $$select r.written, r.code, r.reason
    from learning.episode_rejects as j
    cross join lateral learning.retry_reject(j.id) as r
    where j.payload = '""' and j.source = 'tick main'$$,
    $$values ('rejected', 'QD005', 'why else')$$,
    'a retry leaves a bar as it is'
);

select * from finish();
rollback;

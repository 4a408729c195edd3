begin;
select plan(4);

select is(
    (select h.status from analyst.health as h where h.check_name = 'scheduler'), 'warn',
    'nobody runs the jobs of a live database: that is told'
);
select isnt(
    (select count(*) from analyst.health as h where h.check_name like 'job late:%'), 0::bigint,
    'and so are jobs that are late'
);

insert into learning.world (kind, data, chain, feed) values ('replay', 'bars', 'test', 'replay');
select is(
    (select h.status from analyst.health as h where h.check_name = 'scheduler'), 'ok',
    'a replay learns by itself'
);
select is(
    (select count(*) from analyst.health as h where h.check_name like 'job late:%'), 0::bigint,
    'nothing is late there'
);

select * from finish();
rollback;

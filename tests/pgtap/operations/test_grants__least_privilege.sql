begin;
select plan(10);

-- Every view, every role: it can be read where it should be, and nowhere else.
create temporary table reads as
select v.schema, v.name, r.role, tests.sqlstate_as(
    r.role, format('select * from %I.%I limit 1', v.schema, v.name)
) as failed
from (
    select n.nspname as schema, c.relname as name
    from pg_class as c
    join pg_namespace as n on n.oid = c.relnamespace
    where n.nspname in ('learning', 'pm', 'analyst') and c.relkind in ('r', 'v', 'm')
) as v
cross join (values ('quadrant_pm'), ('quadrant_worker'), ('quadrant_analyst')) as r (role);

select is_empty(
    $$select * from reads where schema = 'analyst' and role = 'quadrant_analyst' and failed is not null$$,
    'an analyst can read every view in analyst'
);
select is_empty(
    $$select * from reads where schema = 'pm' and role = 'quadrant_pm' and failed is not null$$,
    'the PM can read every view in pm'
);
select is_empty(
    $$select * from reads where failed is null
        and (schema, role) not in (('analyst', 'quadrant_analyst'), ('pm', 'quadrant_pm'))$$,
    'and nobody can read anything else'
);
select cmp_ok((select count(*) from reads), '>', 60::bigint, 'the walk saw the tables');

select is_empty($$
    select n.nspname, c.relname
    from pg_class as c
    join pg_namespace as n on n.oid = c.relnamespace
    cross join unnest(c.relacl) as a
    where n.nspname in ('learning', 'pm', 'analyst') and a::text like '=%'
$$, 'PUBLIC has nothing on any table, view or sequence');
select is_empty($$
    select p.oid::regprocedure
    from pg_proc as p
    join pg_namespace as n on n.oid = p.pronamespace
    cross join lateral aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) as a
    where n.nspname in ('learning', 'pm', 'analyst') and a.grantee = 0
$$, 'PUBLIC may execute nothing');
select is_empty($$
    select n.nspname
    from pg_namespace as n
    cross join unnest(n.nspacl) as a
    where n.nspname in ('learning', 'pm', 'analyst') and a::text like '=%'
$$, 'PUBLIC has no schema');
select is_empty($$
    select p.oid::regprocedure
    from pg_proc as p
    join pg_namespace as n on n.oid = p.pronamespace
    where n.nspname in ('learning', 'pm', 'analyst')
        and p.prosecdef
        and not exists (select from unnest(p.proconfig) as c where c = 'search_path=pg_catalog, pg_temp')
$$, 'whatever runs with its owner''s rights has a pinned search_path');
select is_empty($$
    select p.oid::regprocedure
    from pg_proc as p
    join pg_namespace as n on n.oid = p.pronamespace
    where n.nspname = 'pm' and not has_function_privilege('quadrant_pm', p.oid, 'execute')
$$, 'the PM may call whatever stands in pm');

select is_empty($$
    select c.relname
    from pg_class as c
    join pg_namespace as n on n.oid = c.relnamespace
    cross join unnest(c.relacl) as a
    where n.nspname = 'learning' and a::text !~ '^quadrant_owner='
$$, 'nobody but the owner has any right on a table of learning');

select * from finish();
rollback;

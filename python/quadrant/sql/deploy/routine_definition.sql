select pg_catalog.pg_get_functiondef(p.oid)
from pg_catalog.pg_proc as p
inner join pg_catalog.pg_namespace as n on n.oid = p.pronamespace
where n.nspname = %(schema)s and p.proname = %(name)s and p.prokind in ('f', 'p');

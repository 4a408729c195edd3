select p.oid
from pg_catalog.pg_proc as p
inner join pg_catalog.pg_namespace as n on n.oid = p.pronamespace
where %(routine)s and n.nspname = %(schema)s and p.proname = %(name)s
union all
select c.oid
from pg_catalog.pg_class as c
inner join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
where not %(routine)s and n.nspname = %(schema)s and c.relname = %(name)s
    and c.relkind in ('v', 'm');

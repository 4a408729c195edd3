select n.nspname, p.proname, case p.prokind when 'p' then 'procedure' else 'function' end
from pg_catalog.pg_proc as p
inner join pg_catalog.pg_namespace as n on n.oid = p.pronamespace
where n.nspname not in ('pg_catalog', 'information_schema')
union all
select n.nspname, c.relname, case c.relkind when 'm' then 'materialized view' else 'view' end
from pg_catalog.pg_class as c
inner join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
where c.relkind in ('v', 'm') and n.nspname not in ('pg_catalog', 'information_schema');

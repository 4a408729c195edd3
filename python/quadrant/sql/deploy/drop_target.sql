select
    case p.prokind when 'p' then 'procedure' when 'a' then 'aggregate' else 'function' end as kind,
    format('%%I.%%I(%%s)', n.nspname, p.proname, pg_catalog.pg_get_function_identity_arguments(p.oid)) as identity,
    n.nspname
from pg_catalog.pg_proc as p
inner join pg_catalog.pg_namespace as n on n.oid = p.pronamespace
where %(routine)s and p.oid = %(oid)s
union all
select
    case c.relkind when 'm' then 'materialized view' else 'view' end,
    format('%%I.%%I', n.nspname, c.relname),
    n.nspname
from pg_catalog.pg_class as c
inner join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
where not %(routine)s and c.oid = %(oid)s;

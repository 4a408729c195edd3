-- Triggers on tables of the schema of the function they call: what lies elsewhere is not ours.
select n.nspname, p.proname, n.nspname, c.relname, t.tgname
from pg_catalog.pg_trigger as t
inner join pg_catalog.pg_class as c on c.oid = t.tgrelid
inner join pg_catalog.pg_proc as p on p.oid = t.tgfoid
inner join pg_catalog.pg_namespace as n on n.oid = c.relnamespace and n.oid = p.pronamespace
where not t.tgisinternal and n.nspname <> 'pg_catalog';
